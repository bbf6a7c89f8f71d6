using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>A matrix in double precision, row by row.</summary>
/// <param name="values">count · columns numbers; they are not copied.</param>
/// <param name="columns">Numbers in a row.</param>
internal sealed class DoubleRows(double[] values, int columns)
{
    /// <summary>Rows of the left operand that read a row of the right one together, while it is in the first cache.</summary>
    public const int Block = 16;

    public DoubleRows(int count, int columns)
        : this(new double[(long)count * columns], columns) { }

    /// <summary>Numbers in a row.</summary>
    public int Columns => columns;

    /// <summary>How many rows there are.</summary>
    public int Count { get; } = columns == 0 ? 0 : values.Length / columns;

    /// <summary>All numbers.</summary>
    public double[] Values => values;

    /// <summary>A row.</summary>
    public Span<double> this[int row] => values.AsSpan(row * columns, columns);

    /// <summary>Float32 embeddings as they are; they are not scaled again.</summary>
    public static DoubleRows From(EmbeddingMatrix embeddings)
    {
        DoubleRows rows = new(embeddings.Count, embeddings.Dimension);
        TensorPrimitives.ConvertTruncating<float, double>(embeddings.Values, rows.Values);
        return rows;
    }

    /// <summary>Some of the rows, in the order named.</summary>
    public DoubleRows Take(IReadOnlyList<int> chosen)
    {
        DoubleRows taken = new(chosen.Count, columns);
        for (int index = 0; index < chosen.Count; index++)
        {
            this[chosen[index]].CopyTo(taken[index]);
        }

        return taken;
    }

    /// <summary>A copy of neighboring rows.</summary>
    public DoubleRows Slice(int first, int count) => new(values.AsSpan(first * columns, count * columns).ToArray(), columns);

    /// <summary>Columns as rows.</summary>
    public DoubleRows Transpose()
    {
        DoubleRows transposed = new(columns, Count);
        Parallel.For(0, columns, column =>
        {
            Span<double> row = transposed[column];
            for (int index = 0; index < row.Length; index++)
            {
                row[index] = values[((long)index * columns) + column];
            }
        });
        return transposed;
    }

    /// <summary>The dot product of each row with each row of another matrix: [rows, rows of the other].</summary>
    public DoubleRows Times(DoubleRows other)
    {
        DoubleRows products = new(Count, other.Count);
        Parallel.For(0, (Count + Block - 1) / Block, block =>
        {
            int first = block * Block,
                count = Math.Min(Block, Count - first);
            Times(first, count, other, products.Values.AsSpan(first * other.Count, count * other.Count));
        });
        return products;
    }

    /// <summary>The same of neighboring rows, on the caller's thread.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many they are, <see cref="Block"/> at best.</param>
    /// <param name="other">The other matrix.</param>
    /// <param name="products">Is given them: [count, rows of the other].</param>
    public void Times(int first, int count, DoubleRows other, Span<double> products)
    {
        for (int column = 0; column < other.Count; column++)
        {
            ReadOnlySpan<double> right = other[column];
            for (int row = 0; row < count; row++)
            {
                products[(row * other.Count) + column] = TensorPrimitives.Dot(this[first + row], right);
            }
        }
    }
}
