using System.Text.Json;

namespace Cupola.Hub;

/// <summary>
/// Chooses the files of a repository that make a CLIP: every configuration and tokenizer file, and one set of weights.
/// Repositories often contain the same weights several times. The order is: transformers' safetensors (if <c>config.json</c>
/// describes a CLIP, because it gives the architecture and the preprocessing in full), open_clip's safetensors, open_clip's
/// archive, transformers' archive; safetensors come first because they are mapped into memory instead of copied out of an
/// archive.
/// </summary>
internal static class HubModelFiles
{
    public const string TransformersConfig = "config.json";
    public const string OpenClipConfigFile = "open_clip_config.json";
    public const string Preprocessor = "preprocessor_config.json";
    public const string Processor = "processor_config.json";
    public const string Tokenizer = "tokenizer.json";
    public const string Vocabulary = "vocab.json";
    public const string Merges = "merges.txt";

    /// <summary>SigLIP's tokenizer and SigLIP 2's, which are smaller than the tokenizer.json that says the same.</summary>
    public static readonly IReadOnlyList<string> SentencePieceModels = ["spiece.model", "tokenizer.model"];

    private const string IndexSuffix = ".index.json";

    /// <summary>Every file except the weights; a repository need not have them all.</summary>
    public static IReadOnlyList<string> Descriptions { get; } =
    [
        TransformersConfig,
        Preprocessor,
        Processor,
        OpenClipConfigFile,
        Tokenizer,
        "tokenizer_config.json",
        Vocabulary,
        Merges,
        "special_tokens_map.json",
        .. SentencePieceModels,
    ];

    /// <summary>The configurations and their weights, best first.</summary>
    private static IReadOnlyList<(string Config, string Weights)> Preferences { get; } =
    [
        (TransformersConfig, "model.safetensors"),
        (TransformersConfig, "model.safetensors" + IndexSuffix),
        (OpenClipConfigFile, "open_clip_model.safetensors"),
        (OpenClipConfigFile, "open_clip_pytorch_model.bin"),
        (TransformersConfig, "pytorch_model.bin"),
        (TransformersConfig, "pytorch_model.bin" + IndexSuffix),
    ];

    public static bool IsIndex(string weights) => weights.EndsWith(IndexSuffix, StringComparison.Ordinal);

    public static bool IsSmall(string file) => Descriptions.Contains(file) || IsIndex(file);

    /// <summary>The sets of weights whose files are all present, best first.</summary>
    public static IEnumerable<(string Config, string Weights)> Choices(Func<string, bool> isThere, bool isTransformersClip) =>
        Preferences.Where(choice =>
            isThere(choice.Config) && isThere(choice.Weights) && (isTransformersClip || choice.Config == OpenClipConfigFile)
        );

    /// <summary>Whether a <c>config.json</c> describes a CLIP or a SigLIP rather than another network.</summary>
    public static bool DescribesClip(string configPath) =>
        HubJson.Read(configPath, root =>
            root.TryGetProperty("model_type", out JsonElement type)
            && type.ValueKind == JsonValueKind.String
            && type.GetString() is "clip" or "siglip"
        );

    /// <summary>Whether a <c>processor_config.json</c> contains the preprocessing of images, as in transformers 5.</summary>
    public static bool NestsPreprocessing(string processorPath) =>
        HubJson.Read(processorPath, root =>
            root.TryGetProperty("image_processor", out JsonElement nested) && nested.ValueKind != JsonValueKind.Null
        );

    /// <summary>The files over which an index says the weights are spread, in the same folder.</summary>
    public static IReadOnlyList<string> ReadShards(string indexPath) =>
        HubJson.Read(indexPath, root => ReadShards(indexPath, root));

    private static List<string> ReadShards(string indexPath, JsonElement root)
    {
        string extension = Path.GetExtension(Path.GetFileName(indexPath)[..^IndexSuffix.Length]);
        if (!root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"'{indexPath}' has no 'weight_map' that says which file holds which tensor.");
        }

        SortedSet<string> shards = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            shards.Add(
                IsPlainName(shard) && shard.EndsWith(extension, StringComparison.Ordinal)
                    ? shard
                    : throw new InvalidDataException(
                        $"'{indexPath}' puts a tensor into {HubJson.Quote(shard)}, which is not the name of a {extension} file "
                            + "beside it."
                    )
            );
        }

        return shards.Count > 0 ? [.. shards] : throw new InvalidDataException($"'{indexPath}' names no files.");
    }

    // Letters, digits, dash, underscore and inner dots: never a folder, a drive, a device, or a name with a special meaning to
    // a shell or file system.
    private static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 200
        && name[0] != '.'
        && !IsDevice(name.Split('.')[0])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    // Windows treats these as devices whatever their extension.
    private static bool IsDevice(string stem) =>
        stem.ToUpperInvariant()
            is "CON"
                or "PRN"
                or "AUX"
                or "NUL"
                or ['C', 'O', 'M', >= '0' and <= '9']
                or ['L', 'P', 'T', >= '0' and <= '9'];
}
