using System.Numerics.Tensors;
using static System.FormattableString;

namespace Cupola.FewShot;

/// <summary>A matrix in double precision, row by row.</summary>
internal sealed class DoubleRows
{
    private readonly double[] _numbers;
    private readonly int _start;

    /// <summary>Rows of the left operand that read a row of the right one together, while it is in the first cache.</summary>
    public const int Block = 16;

    /// <summary>Zeros.</summary>
    public DoubleRows(int count, int columns)
        : this(new double[Length(count, columns)], 0, count, columns) { }

    /// <param name="numbers">Whole rows; they are not copied.</param>
    /// <param name="columns">Numbers in a row.</param>
    public DoubleRows(double[] numbers, int columns)
        : this(numbers, 0, columns == 0 ? 0 : numbers.Length / columns, columns) { }

    /// <summary>The first rows of an array, which is not copied and may be longer.</summary>
    public DoubleRows(double[] numbers, int count, int columns)
        : this(numbers, 0, count, columns) { }

    private DoubleRows(double[] numbers, int start, int count, int columns) =>
        (_numbers, _start, Count, Columns) = (numbers, start, count, columns);

    /// <summary>Numbers in a row.</summary>
    public int Columns { get; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>All numbers.</summary>
    public Span<double> Values => _numbers.AsSpan(_start, Count * Columns);

    /// <summary>A row.</summary>
    public Span<double> this[int row] => _numbers.AsSpan(_start + (row * Columns), Columns);

    /// <summary>How many numbers there are in so many rows.</summary>
    /// <exception cref="InvalidDataException">More than an array can hold.</exception>
    public static int Length(int count, int columns)
    {
        long length = (long)count * columns;
        return length <= Array.MaxLength
            ? (int)length
            : throw new InvalidDataException(
                Invariant($"A table of {count} rows and {columns} columns is larger than can be worked with; name fewer ")
                    + "examples or labels, or another method."
            );
    }

    /// <summary>Float32 embeddings as they are; they are not scaled again.</summary>
    public static DoubleRows From(EmbeddingMatrix embeddings)
    {
        DoubleRows rows = new(embeddings.Count, embeddings.Dimension);
        TensorPrimitives.ConvertTruncating<float, double>(embeddings.Values, rows.Values);
        return rows;
    }

    /// <summary>A copy of some of the rows, in the order named.</summary>
    public DoubleRows Take(IReadOnlyList<int> chosen)
    {
        double[] numbers = [];
        return Take(chosen, ref numbers);
    }

    /// <summary>The same in an array that is used again; a larger one takes its place where it is too short.</summary>
    public DoubleRows Take(IReadOnlyList<int> chosen, ref double[] numbers)
    {
        int length = Length(chosen.Count, Columns);
        if (numbers.Length < length)
        {
            numbers = new double[length];
        }

        DoubleRows taken = new(numbers, 0, chosen.Count, Columns);
        for (int index = 0; index < chosen.Count; index++)
        {
            this[chosen[index]].CopyTo(taken[index]);
        }

        return taken;
    }

    /// <summary>Neighboring rows, not copied.</summary>
    public DoubleRows Slice(int first, int count) => new(_numbers, _start + (first * Columns), count, Columns);

    /// <summary>Columns as rows.</summary>
    public DoubleRows Transpose() => Transpose(new(Columns, Count));

    /// <summary>The same, written over other rows.</summary>
    public DoubleRows Transpose(DoubleRows transposed)
    {
        Parallel.For(0, Columns, column =>
        {
            Span<double> row = transposed[column];
            for (int index = 0; index < row.Length; index++)
            {
                row[index] = _numbers[_start + (index * Columns) + column];
            }
        });
        return transposed;
    }

    /// <summary>The dot product of each row with each row of another matrix: [rows, rows of the other].</summary>
    public DoubleRows Times(DoubleRows other, CancellationToken cancellationToken = default) =>
        Times(other, new(Count, other.Count), cancellationToken);

    /// <summary>The same, written over other rows.</summary>
    public DoubleRows Times(DoubleRows other, DoubleRows products, CancellationToken cancellationToken = default)
    {
        ParallelOptions stop = new() { CancellationToken = cancellationToken };
        Parallel.For(0, (Count + Block - 1) / Block, stop, block =>
        {
            int first = block * Block,
                count = Math.Min(Block, Count - first);
            Times(first, count, other, products.Slice(first, count).Values);
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
