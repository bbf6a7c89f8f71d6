using System.Numerics.Tensors;
using Cupola.Runtime;
using static System.FormattableString;

namespace Cupola;

/// <summary>
/// Embeddings in CLIP's shared space, one row each, row-major: [count, dimension]. The dot product of two rows of unit length is
/// their cosine.
/// </summary>
public sealed class EmbeddingMatrix
{
    private readonly float[] _values;

    /// <summary>Wraps numbers without a copy; they must not change afterwards.</summary>
    /// <param name="values">count · dimension numbers, row by row.</param>
    /// <param name="count">How many embeddings there are.</param>
    /// <param name="dimension">How many numbers each has.</param>
    /// <exception cref="ArgumentException">The numbers are not count · dimension.</exception>
    public EmbeddingMatrix(float[] values, int count, int dimension)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (values.Length != (long)count * dimension)
        {
            throw new ArgumentException(
                Invariant($"{values.Length} numbers are not {count} embeddings of {dimension}."),
                nameof(values)
            );
        }

        _values = values;
        Count = count;
        Dimension = dimension;
    }

    /// <summary>How many embeddings there are.</summary>
    public int Count { get; }

    /// <summary>How many numbers each has.</summary>
    public int Dimension { get; }

    /// <summary>All numbers, row by row.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>One embedding.</summary>
    public ReadOnlySpan<float> this[int index] => _values.AsSpan(index * Dimension, Dimension);

    /// <summary>The same directions at unit length; a row of zeros stays as it is.</summary>
    public EmbeddingMatrix Normalize()
    {
        float[] unit = new float[_values.Length];
        for (int row = 0; row < Count; row++)
        {
            ReadOnlySpan<float> source = this[row];
            float norm = TensorPrimitives.Norm(source);
            TensorPrimitives.Multiply(source, norm == 0 ? 0 : 1 / norm, unit.AsSpan(row * Dimension, Dimension));
        }

        return new(unit, Count, Dimension);
    }

    /// <summary>The score of each row for a query, their dot product.</summary>
    /// <param name="query">[dimension].</param>
    /// <param name="destination">Is given the scores: [count].</param>
    internal void Scores(ReadOnlySpan<float> query, Span<float> destination) => Scores(0, query, destination[..Count]);

    /// <summary>The scores of neighboring rows for a query.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="query">[dimension].</param>
    /// <param name="destination">Is given a score for each row from there on.</param>
    internal void Scores(int first, ReadOnlySpan<float> query, Span<float> destination) =>
        RowProducts.Compute(_values.AsSpan(first * Dimension), query, destination);

    /// <summary>The score of one row for a query, with the bits that it has among the scores of all.</summary>
    internal float Score(int row, ReadOnlySpan<float> query) => RowProducts.Compute(this[row], query);

    /// <summary>The weighted mean of some of the rows, summed in float64: [dimension].</summary>
    internal float[] Mean(ReadOnlySpan<int> rows, ReadOnlySpan<float> weights)
    {
        var sum = new double[Dimension];
        for (int place = 0; place < rows.Length; place++)
        {
            ReadOnlySpan<float> values = this[rows[place]];
            double weight = weights[place];
            for (int index = 0; index < sum.Length; index++)
            {
                sum[index] += weight * values[index];
            }
        }

        return [.. sum.Select(static value => (float)value)];
    }
}
