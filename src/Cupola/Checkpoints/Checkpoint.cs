using System.Globalization;
using Cupola.Graphs;

namespace Cupola.Checkpoints;

/// <summary>
/// A CLIP's parameters under Cupola's names, whatever layout they were stored in. It owns the file they lie in. Linear
/// weights are [out, in]; a fused query, key and value is three parameters that lie in one; a projection that the file
/// holds the other way round is transposed once.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    /// <summary>SigLIP models have a tensor of this name, and CLIP models that were trained by its loss say so in their metadata.</summary>
    internal const string LogitBiasKey = "logit_bias";

    private const int MaximumListed = 8;

    /// <summary>What a folder is searched for, in this order.</summary>
    private static readonly string[] FileNames =
    [
        "model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors", "open_clip_pytorch_model.bin",
        "pytorch_model.bin", "pytorch_model.bin.index.json",
    ];

    private static readonly string[] Extensions = [".safetensors", ".pt", ".pth", ".bin"];

    private readonly List<TensorMemory> _transposed = [];
    private readonly Dictionary<string, StoredTensor> _parameters = new(StringComparer.Ordinal);
    private readonly List<string> _unknown = [];

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

    /// <summary>Opens a file of weights, or the one in a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static Checkpoint Open(string path) => new(TensorFile.Open(Directory.Exists(path) ? FindIn(path) : path));

    /// <summary>Compares the checkpoint with what a network needs.</summary>
    /// <param name="expected">Cupola's names and their shapes.</param>
    /// <exception cref="InvalidDataException">Parameters are missing, are of another shape, or are there and not needed; the message lists them.</exception>
    public void Require(IReadOnlyDictionary<string, long[]> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        string[] missing = [.. expected.Keys.Where(name => !_parameters.ContainsKey(name)).Select(NameInFile).Distinct(StringComparer.Ordinal)];
        string[] unused = [.. _unknown, .. _parameters.Where(entry => !expected.ContainsKey(entry.Key)).Select(entry => entry.Value.Name).Distinct(StringComparer.Ordinal)];
        string[] wrong =
        [
            .. from entry in expected
               where _parameters.ContainsKey(entry.Key)
               let stored = _parameters[entry.Key]
               where !stored.Shape.SequenceEqual(entry.Value)
               select $"{stored.Name} [{string.Join(", ", stored.Shape)}] in place of [{string.Join(", ", entry.Value)}]",
        ];
        string[] faults = [.. new[] { Listed("missing", missing), Listed("unused", unused), Listed("wrongly shaped", wrong) }.OfType<string>()];
        if (faults.Length > 0)
        {
            throw new InvalidDataException($"{File.FilePath} does not hold the model that its configuration describes: {string.Join("; ", faults)}.");
        }
    }

    /// <summary>Gives the parameters and their file back.</summary>
    public void Dispose()
    {
        _transposed.ForEach(static memory => memory.Dispose());
        File.Dispose();
    }

    /// <summary>What the file would call a parameter: a person looks for it there.</summary>
    private string NameInFile(string ours) => Layout == CheckpointLayout.Transformers ? StoredNames.InTransformers(ours) : StoredNames.InOpenClip(ours).Name;

    private static string? Listed(string fault, string[] names) => names.Length == 0
        ? null
        : $"{names.Length} {fault} ({string.Join(", ", names.Take(MaximumListed))}{(names.Length > MaximumListed ? ", …" : "")})";

    private static string FindIn(string folder)
    {
        string? known = FileNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(System.IO.File.Exists);
        if (known is not null)
        {
            return known;
        }

        string[] candidates = [.. Directory.EnumerateFiles(folder).Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))];
        return candidates switch
        {
            [string sole] => sole,
            [] => throw new FileNotFoundException($"There are no weights in {folder}; looked for {string.Join(", ", FileNames)} or one file of {string.Join(", ", Extensions)}."),
            _ => throw new FileNotFoundException($"{folder} holds several files of weights ({string.Join(", ", candidates.Select(Path.GetFileName))}); name one of them."),
        };
    }

    /// <summary>
    /// What a sigmoid loss adds to the logits, where a file says so among its metadata: CLIP's layouts have no such parameter, and others who read them refuse one.
    /// </summary>
    internal float? LogitBias =>
        File is SafetensorsFile file && float.TryParse(file.Metadata.GetValueOrDefault(LogitBiasKey), CultureInfo.InvariantCulture, out float bias) && float.IsFinite(bias) ? bias : null;

    private CheckpointLayout ReadParameters()
    {
        bool transformers = ParameterNames.AreOfTransformers(File.Tensors.Keys);
        bool resNet = File.Tensors.ContainsKey("visual.layer1.0.conv1.weight");
        if (File.Tensors.ContainsKey(LogitBiasKey))
        {
            throw new InvalidDataException($"{File.FilePath} is a SigLIP model (it has a logit_bias), and Cupola runs CLIP models.");
        }

        foreach ((string name, StoredTensor tensor) in File.Tensors)
        {
            IReadOnlyList<ParameterNames.Target> targets = ParameterNames.Of(name, transformers, resNet);
            if (targets.Count == 0 && !ParameterNames.IsBuffer(name))
            {
                _unknown.Add(name);
            }

            foreach (ParameterNames.Target target in targets)
            {
                _parameters[target.Name] = Place(tensor, target);
            }
        }

        return transformers ? CheckpointLayout.Transformers
            : File is TorchArchive { IsTorchScript: true } || File.Tensors.ContainsKey("input_resolution") ? CheckpointLayout.OpenAi
            : CheckpointLayout.OpenClip;
    }

    private StoredTensor Place(StoredTensor tensor, ParameterNames.Target target)
    {
        if (target.Third >= 0)
        {
            if (tensor.Shape.Count == 0 || tensor.Shape[0] % 3 != 0)
            {
                throw new InvalidDataException($"{File.FilePath} cannot be read: '{tensor.Name}' is not a query, a key and a value.");
            }

            return tensor.As(tensor.Name, target.Third * (tensor.Shape[0] / 3), tensor.Shape[0] / 3);
        }

        return target.IsTransposed && tensor.Shape.Count == 2 ? Transpose(tensor) : tensor;
    }

    private StoredTensor Transpose(StoredTensor tensor)
    {
        int rows = checked((int)tensor.Shape[0]), columns = checked((int)tensor.Shape[1]), size = tensor.Type.ByteSize();
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
