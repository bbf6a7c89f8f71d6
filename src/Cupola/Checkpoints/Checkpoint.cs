using System.Globalization;
using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>
/// A CLIP's parameters under Cupola's names, whatever layout they were stored in. It owns the file they lie in. Linear weights
/// are [out, in]; a fused query, key and value is three parameters that lie in one; a projection that the file holds the other
/// way round is transposed once.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    /// <summary>
    /// SigLIP models have a tensor of this name, and CLIP models that were trained by its loss say so in their metadata.
    /// </summary>
    internal const string LogitBiasKey = "logit_bias";

    private const int MaximumListed = 8;

    /// <summary>What a folder is searched for, in this order.</summary>
    private static readonly string[] FileNames =
    [
        "model.safetensors",
        "model.safetensors.index.json",
        "open_clip_model.safetensors",
        "open_clip_pytorch_model.bin",
        "pytorch_model.bin",
        "pytorch_model.bin.index.json",
    ];

    /// <summary>Names of which a CLIP has one, and a SigLIP none.</summary>
    private static readonly string[] ClipAlone =
    [
        "visual.class_embedding",
        "vision_model.embeddings.class_embedding",
        "visual.attnpool.positional_embedding",
    ];

    private static readonly string[] Extensions = [".safetensors", ".pt", ".pth", ".bin", ".ckpt"];

    private readonly List<TensorMemory> _transposed = [];
    private readonly Dictionary<string, StoredTensor> _parameters = new(StringComparer.Ordinal);
    private readonly List<string> _unknown = [];
    private string _prefix = "";
    private ParameterNames _names = TransformersNames.Instance;

    /// <summary>Takes a file over, and disposes it also where it is no CLIP's.</summary>
    private Checkpoint(TensorFile file)
    {
        File = file;
        try
        {
            Layout = ReadParameters();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file the parameters lie in.</summary>
    public TensorFile File { get; }

    /// <summary>Whose names the file uses.</summary>
    public CheckpointLayout Layout { get; }

    /// <summary>The parameters by Cupola's names.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Parameters => _parameters;

    /// <summary>Whole sentences about what was chosen of the file and what was left out.</summary>
    internal IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Whether any name in the file is a parameter of a CLIP.</summary>
    internal bool IsKnown => _parameters.Count > 0;

    /// <summary>What is wrong with a file whose names no CLIP has.</summary>
    internal InvalidDataException UnknownNames() =>
        new(
            $"{File.FilePath} holds no CLIP that Cupola knows: its tensors are called "
                + $"{FoundModel.List(File.Tensors.Keys, MaximumListed)}, where a CLIP's are called "
                + "visual.conv1.weight or vision_model.embeddings.patch_embedding.weight, and more."
        );

    /// <summary>Opens a file of weights, or the one in a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static Checkpoint Open(string path) => new(TensorFile.Open(Directory.Exists(path) ? FindIn(path) : path));

    /// <summary>Compares the checkpoint with what a network needs.</summary>
    /// <param name="expected">Cupola's names and their shapes.</param>
    /// <exception cref="InvalidDataException">
    /// Parameters are missing, are of another shape, or are there and not needed; the message lists them.
    /// </exception>
    public void Require(IReadOnlyDictionary<string, long[]> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (!IsKnown)
        {
            throw UnknownNames();
        }

        string[] missing =
        [
            .. expected.Keys.Where(name => !_parameters.ContainsKey(name)).Select(NameInFile).Distinct(StringComparer.Ordinal),
        ];
        string[] unused =
        [
            .. _unknown,
            .. _parameters
                .Where(entry => !expected.ContainsKey(entry.Key))
                .Select(entry => entry.Value.Name)
                .Distinct(StringComparer.Ordinal),
        ];
        Refuse(Listed("missing", missing), Listed("unused", unused), Listed("wrongly shaped", WronglyShaped(expected)));
    }

    private string[] WronglyShaped(IReadOnlyDictionary<string, long[]> expected) =>
        [
            .. from entry in expected
            where _parameters.ContainsKey(entry.Key)
            let stored = _parameters[entry.Key]
            where !stored.Shape.SequenceEqual(entry.Value)
            select $"{stored.Name} [{string.Join(", ", stored.Shape)}] in place of [{string.Join(", ", entry.Value)}]",
        ];

    private void Refuse(params string?[] faults)
    {
        string[] sentences = [.. faults.OfType<string>()];
        if (sentences.Length > 0)
        {
            throw new InvalidDataException(
                $"{File.FilePath} does not hold the model that its configuration describes: {string.Join("; ", sentences)}."
            );
        }
    }

    /// <summary>Gives the parameters and their file back.</summary>
    public void Dispose()
    {
        _transposed.ForEach(static memory => memory.Dispose());
        File.Dispose();
    }

    /// <summary>What the file would call a parameter: a person looks for it there.</summary>
    internal string NameInFile(string ours) => _prefix + _names.InFile(ours).Name;

    private static string? Listed(string fault, string[] names) =>
        names.Length == 0
            ? null
            : $"{names.Length} {fault} "
                + $"({string.Join(", ", names.Take(MaximumListed))}{(names.Length > MaximumListed ? ", …" : "")})";

    private static string FindIn(string folder)
    {
        string? known = FileNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(System.IO.File.Exists);
        if (known is not null)
        {
            return known;
        }

        string[] candidates =
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)),
        ];
        return candidates switch
        {
            [string sole] => sole,
            [] => throw new FileNotFoundException(
                $"There are no weights in {folder}; looked for {string.Join(", ", FileNames)} or one file of "
                    + $"{string.Join(", ", Extensions)}."
            ),
            _ => throw new FileNotFoundException(
                $"{folder} holds several files of weights ({string.Join(", ", candidates.Select(Path.GetFileName))}); name one "
                    + "of them."
            ),
        };
    }

    /// <summary>
    /// What a sigmoid loss adds to the logits, where a file says so among its metadata: CLIP's layouts have no such parameter,
    /// and others who read them refuse one.
    /// </summary>
    internal float? LogitBias { get; private set; }

    private static float? BiasIn(TensorFile weights) =>
        weights is SafetensorsFile file
        && float.TryParse(file.Metadata.GetValueOrDefault(LogitBiasKey), CultureInfo.InvariantCulture, out float bias)
        && float.IsFinite(bias)
            ? bias
            : null;

    private static float? FirstOf(StoredTensor bias)
    {
        var numbers = new float[1];
        if (bias.ElementCount != 1)
        {
            return null;
        }

        bias.CopyTo(numbers);
        return float.IsFinite(numbers[0]) ? numbers[0] : null;
    }

    /// <summary>Some SigLIP models pool otherwise than all that are widely used.</summary>
    private void RequireClip(IReadOnlyCollection<string> names)
    {
        if (!ClipAlone.Any(names.Contains))
        {
            throw new InvalidDataException(
                $"{File.FilePath} is a SigLIP without the attention pool of its image tower (vision_model.head or "
                    + "visual.trunk.attn_pool), and Cupola runs those that have it."
            );
        }
    }

    private CheckpointLayout ReadParameters()
    {
        Dictionary<string, StoredTensor> tensors = FindModel();
        LogitBias = BiasIn(File);
        _names = ParameterNames.Find(tensors.Keys);
        if (tensors.TryGetValue(LogitBiasKey, out StoredTensor? bias))
        {
            LogitBias = FirstOf(bias);
            if (_names is not SiglipNames)
            {
                // A CLIP that learned by the sigmoid loss has one too, and its answers do not depend on it.
                tensors.Remove(LogitBiasKey);
                RequireClip(tensors.Keys);
            }
        }

        foreach ((string name, StoredTensor tensor) in tensors)
        {
            IReadOnlyList<ParameterNames.Target> targets = _names.TargetsOf(name);
            if (targets.Count == 0 && !ParameterNames.IsBuffer(name))
            {
                _unknown.Add(tensor.Name);
            }

            foreach (ParameterNames.Target target in targets)
            {
                _parameters[target.Name] = Place(tensor, target);
            }
        }

        return _names is SiglipNames siglip ? siglip.Layout
            : _names is TransformersNames ? CheckpointLayout.Transformers
            : File is TorchArchive { IsTorchScript: true } || tensors.ContainsKey("input_resolution") ? CheckpointLayout.OpenAi
            : CheckpointLayout.OpenClip;
    }

    /// <summary>
    /// The tensors of the model in the file, without what stands before all their names; all, where there is none.
    /// </summary>
    private Dictionary<string, StoredTensor> FindModel()
    {
        IReadOnlyDictionary<string, StoredTensor> all = File.Tensors;
        IReadOnlyList<string> ofFile = File is TorchArchive archive ? archive.Notes : [];
        if (FindIn(all) is not { } found)
        {
            Notes = ofFile;
            return new(all, StringComparer.Ordinal);
        }

        _prefix = found.Prefix;
        Notes = [.. ofFile, .. found.Notes(File.FilePath)];
        Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
        foreach ((string inFile, string name) in found.Tensors)
        {
            if (!tensors.TryAdd(name, all[inFile]))
            {
                throw new InvalidDataException($"{File.FilePath} cannot be read: it holds '{name}' twice.");
            }
        }

        return tensors;
    }

    private FoundModel? FindIn(IReadOnlyDictionary<string, StoredTensor> all)
    {
        try
        {
            return ModelNames.Find([.. all.Keys], (one, other) => all[one].IsSameAs(all[other]));
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"{File.FilePath} cannot be used: {problem.Message}.", problem);
        }
    }

    private StoredTensor Place(StoredTensor tensor, ParameterNames.Target target)
    {
        // Some training code, and transformers' SigLIP, keep the scale as a list of one number.
        if (target.Name is "logit_scale" or LogitBiasKey && tensor.ElementCount == 1 && tensor.Shape.Count > 0)
        {
            return tensor.WithShape([]);
        }

        if (
            target.LeadingOnes > 0
            && tensor.Shape.Count >= target.LeadingOnes
            && tensor.Shape.Take(target.LeadingOnes).All(static extent => extent == 1)
        )
        {
            return tensor.WithShape([.. tensor.Shape.Skip(target.LeadingOnes)]);
        }

        if (target.Part >= 0)
        {
            if (tensor.Shape.Count == 0 || tensor.Shape[0] % target.Parts != 0)
            {
                throw new InvalidDataException(
                    $"{File.FilePath} cannot be read: '{tensor.Name}' is not "
                        + (target.Parts == 3 ? "a query, a key and a value." : "a key and a value.")
                );
            }

            long rows = tensor.Shape[0] / target.Parts;
            return tensor.As(tensor.Name, target.Part * rows, rows);
        }

        return target.IsTransposed && tensor.Shape.Count == 2 ? Transpose(tensor) : tensor;
    }

    private StoredTensor Transpose(StoredTensor tensor)
    {
        int rows = checked((int)tensor.Shape[0]),
            columns = checked((int)tensor.Shape[1]),
            size = tensor.Type.ByteSize();
        TensorMemory memory = TensorMemory.Allocate(tensor.ByteCount);
        _transposed.Add(memory);
        ReadOnlySpan<byte> source = tensor.Bytes;
        Span<byte> destination = memory.Slice(0, source.Length);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                source.Slice(((row * columns) + column) * size, size).CopyTo(destination[(((column * rows) + row) * size)..]);
            }
        }

        return new(tensor.Name, tensor.Type, [columns, rows], memory, 0);
    }
}
