namespace Cupola.Checkpoints;

/// <summary>Placeholder until the archive reader lands.</summary>
public sealed class TorchArchive : TensorFile
{
    /// <summary>Refuses.</summary>
    public TorchArchive(string path)
        : base(path) => throw new InvalidDataException($"{path} is a PyTorch archive.");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors { get; } = new Dictionary<string, StoredTensor>();

    internal bool IsTorchScript { get; }

    internal IReadOnlyDictionary<string, long> Scalars { get; } = new Dictionary<string, long>();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
