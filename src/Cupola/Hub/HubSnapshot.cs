namespace Cupola.Hub;

/// <summary>One commit of a model in the cache: the files that are present, and whether a CLIP can be read from them.</summary>
internal sealed class HubSnapshot(string modelFolder, string commit)
{
    public string Folder { get; } = Path.Combine(modelFolder, "snapshots", commit);

    public string PathOf(string file) => Path.Combine(Folder, file);

    public bool Has(string file) => Length(PathOf(file)) is not null;

    /// <summary>The total size of its files in bytes.</summary>
    public long TotalBytes =>
        Directory.Exists(Folder)
            ? Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Sum(path => Length(path) ?? 0)
            : 0;

    /// <summary>
    /// The missing files that a CLIP needs, in words, except those the commit is known to lack; empty if it can be read.
    /// </summary>
    public IReadOnlyList<string> Missing()
    {
        bool isTransformersClip =
            Has(HubModelFiles.TransformersConfig) && HubModelFiles.DescribesClip(PathOf(HubModelFiles.TransformersConfig));
        List<string> missing = [];
        string? config = HubModelFiles.Choices(Has, isTransformersClip).FirstOrDefault(choice => IsWhole(choice.Weights)).Config;
        if (config is null)
        {
            missing.Add("a CLIP's configuration and weights");
        }

        if (config == HubModelFiles.TransformersConfig && MissingPreprocessing() is { } file)
        {
            missing.Add(file);
        }

        // Any form of the tokenizer is sufficient.
        bool hasTokenizer =
            Has(HubModelFiles.Tokenizer)
            || (Has(HubModelFiles.Vocabulary) && Has(HubModelFiles.Merges))
            || HubModelFiles.SentencePieceModels.Any(Has);
        if (
            !hasTokenizer
            && !(IsSettled(HubModelFiles.Tokenizer) && IsSettled(HubModelFiles.Vocabulary) && IsSettled(HubModelFiles.Merges))
        )
        {
            missing.Add(HubModelFiles.Tokenizer);
        }

        return missing;
    }

    /// <summary>
    /// A file that may contain the preprocessing and has not been looked for; either of two files has it, or the commit has
    /// neither.
    /// </summary>
    private string? MissingPreprocessing()
    {
        bool isThere =
            Has(HubModelFiles.Preprocessor)
            || (Has(HubModelFiles.Processor) && HubModelFiles.NestsPreprocessing(PathOf(HubModelFiles.Processor)));
        return isThere
            ? null
            : new[] { HubModelFiles.Preprocessor, HubModelFiles.Processor }.FirstOrDefault(file => !IsSettled(file));
    }

    /// <summary>Records that the commit has no such file, so that it is not requested again.</summary>
    public void MarkAbsent(string file)
    {
        string path = AbsenceFile(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Opened shared, because another process may do the same.
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
    }

    private bool IsWhole(string weights) => !HubModelFiles.IsIndex(weights) || HubModelFiles.ReadShards(PathOf(weights)).All(Has);

    private bool IsSettled(string file) => Has(file) || File.Exists(AbsenceFile(file));

    private string AbsenceFile(string file) => Path.Combine(modelFolder, ".no_exist", commit, file);

    // File.Exists is true for a link whose blob is gone.
    private static long? Length(string path)
    {
        FileInfo file = new(path);
        FileInfo target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? target.Length : null;
    }
}
