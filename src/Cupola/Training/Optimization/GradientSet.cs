using System.Numerics.Tensors;
using Cupola.Graphs;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>Gradients of a tower's parameters, to which micro-batches add theirs one after another.</summary>
internal sealed class GradientSet : IDisposable
{
    /// <summary>Numbers of one piece of work: few enough that threads finish together, enough that each is worth one.</summary>
    private const int PieceLength = 1 << 18;

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
    /// <param name="other">The other set.</param>
    /// <param name="threads">Threads that may do so: near the end of a step there is nothing else for them to do.</param>
    public void Add(GradientSet other, int threads)
    {
        (string Name, int Start)[] pieces =
        [
            .. from tensor in other.Tensors
            where !other._rows.ContainsKey(tensor.Key)
            from piece in Enumerable.Range(0, (int)((tensor.Value.ElementCount + PieceLength - 1) / PieceLength))
            select (tensor.Key, piece * PieceLength),
        ];
        Parallel.ForEach(pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
        {
            ReadOnlySpan<float> more = other.Tensors[piece.Name].AsSpan<float>()[piece.Start..];
            more = more[..Math.Min(more.Length, PieceLength)];
            Add(Tensors[piece.Name].AsSpan<float>().Slice(piece.Start, more.Length), more);
        });
        foreach ((string name, HashSet<int> rows) in other._rows)
        {
            Tensor more = other.Tensors[name];

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
