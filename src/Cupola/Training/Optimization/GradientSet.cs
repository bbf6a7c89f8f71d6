using System.Numerics.Tensors;
using Cupola.Graphs;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>Gradients of a tower's parameters, to which micro-batches add theirs one after another.</summary>
internal sealed class GradientSet : IDisposable
{
    /// <summary>Rows of tables that are not zero, of those whose other rows are known to be zero.</summary>
    private readonly Dictionary<string, HashSet<int>> _rows = new(StringComparer.Ordinal);

    private readonly bool _ownsTensors;

    private GradientSet(IReadOnlyDictionary<string, Tensor> tensors, bool ownsTensors) =>
        (Tensors, _ownsTensors) = (tensors, ownsTensors);

    /// <summary>The gradients by parameter.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Gradients that are lent.</summary>
    public static GradientSet Of(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        new(new Dictionary<string, Tensor>(tensors, StringComparer.Ordinal), ownsTensors: false);

    /// <summary>Others of the same shapes.</summary>
    public GradientSet AllocateLike() =>
        new(
            Tensors.ToDictionary(
                static entry => entry.Key,
                static entry => Tensor.Allocate(ElementType.Float32, [.. entry.Value.Shape]),
                StringComparer.Ordinal
            ),
            ownsTensors: true
        );

    /// <summary>Adds to the gradient of a parameter.</summary>
    public void Add(string parameter, ReadOnlySpan<float> more)
    {
        Span<float> sum = Tensors[parameter].AsSpan<float>();
        TensorPrimitives.Add(sum, more, sum);
    }

    /// <summary>Adds to rows of a table's gradient.</summary>
    /// <param name="table">The parameter.</param>
    /// <param name="more">A row for each index.</param>
    /// <param name="indices">Which rows; one may be there several times.</param>
    /// <param name="isFirst">Whether it is the first to add, so that what stands there goes.</param>
    public void AddRows(string table, ReadOnlySpan<float> more, ReadOnlySpan<int> indices, bool isFirst)
    {
        Span<float> sums = Tensors[table].AsSpan<float>();
        int width = more.Length / indices.Length;
        HashSet<int> rows = isFirst ? Clear(table, sums, width) : _rows[table];
        for (int row = 0; row < indices.Length; row++)
        {
            Add(sums.Slice(indices[row] * width, width), more.Slice(row * width, width));
            rows.Add(indices[row]);
        }
    }

    /// <summary>Adds all gradients of another set.</summary>
    public void Add(GradientSet other)
    {
        foreach ((string name, Tensor more) in other.Tensors)
        {
            if (!other._rows.TryGetValue(name, out HashSet<int>? rows))
            {
                Add(name, more.AsSpan<float>());
                continue;
            }

            int width = (int)more.Shape[^1];
            foreach (int row in rows)
            {
                Add(Tensors[name].AsSpan<float>().Slice(row * width, width), more.AsSpan<float>().Slice(row * width, width));
            }

            _rows[name].UnionWith(rows);
        }
    }

    /// <summary>Others wrote into the gradients, so that any row of a table may be other than zero.</summary>
    public void ForgetRows() => _rows.Clear();

    public void Dispose()
    {
        foreach (Tensor tensor in _ownsTensors ? Tensors.Values : [])
        {
            tensor.Dispose();
        }
    }

    private static void Add(Span<float> sum, ReadOnlySpan<float> more) => TensorPrimitives.Add(sum, more, sum);

    /// <summary>A batch names few rows of a table, so only those of the step before are cleared, where they are known.</summary>
    private HashSet<int> Clear(string table, Span<float> sums, int width)
    {
        if (!_rows.TryGetValue(table, out HashSet<int>? rows))
        {
            sums.Clear();
            return _rows[table] = [];
        }

        foreach (int row in rows)
        {
            sums.Slice(row * width, width).Clear();
        }

        rows.Clear();
        return rows;
    }
}
