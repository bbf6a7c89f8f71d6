using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models.Layers;

/// <summary>
/// The numbers behind a model's parameters. What lies in the checkpoint as aligned float32 is lent from its memory map; other
/// precisions are widened once and owned here, as are parameters worked out from others.
/// </summary>
internal sealed class ModelParameters(Checkpoint checkpoint) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly Dictionary<string, Func<Tensor>> _derived = [];

    /// <summary>The parameter of that name.</summary>
    public Tensor this[string name]
    {
        get
        {
            lock (_lock)
            {
                if (!_tensors.TryGetValue(name, out Tensor? tensor))
                {
                    tensor = _derived.TryGetValue(name, out Func<Tensor>? workOut)
                        ? workOut()
                        : BorrowOrWiden(checkpoint.Parameters[name]);
                    _tensors.Add(name, tensor);
                }

                return tensor;
            }
        }
    }

    /// <summary>Adds a parameter that is worked out from others when it is first asked for.</summary>
    public void AddDerived(string name, Func<Tensor> workOut)
    {
        lock (_lock)
        {
            _derived.TryAdd(name, workOut);
        }
    }

    /// <summary>The parameters a graph asks for, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> For(Graph graph) =>
        graph.Parameters.ToDictionary(parameter => parameter.Name, parameter => this[parameter.Name], StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
        {
            tensor.Dispose();
        }

        checkpoint.Dispose();
    }

    private static Tensor BorrowOrWiden(StoredTensor stored)
    {
        if (stored.Type == ElementType.Float32 && stored.IsAligned)
        {
            return Tensor.Borrow(ElementType.Float32, stored.Address, [.. stored.Shape]);
        }

        Tensor widened = Tensor.Allocate(ElementType.Float32, [.. stored.Shape]);
        try
        {
            stored.CopyTo(widened.AsSpan<float>());
            return widened;
        }
        catch
        {
            widened.Dispose();
            throw;
        }
    }
}
