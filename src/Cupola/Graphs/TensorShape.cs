using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Cupola.Graphs;

/// <summary>The extents of a tensor, outermost first.</summary>
[CollectionBuilder(typeof(TensorShape), nameof(Create))]
internal sealed class TensorShape : IEquatable<TensorShape>, IEnumerable<Dimension>
{
    private readonly ImmutableArray<Dimension> _dimensions;

    private TensorShape(ImmutableArray<Dimension> dimensions) => _dimensions = dimensions;

    public int Rank => _dimensions.Length;

    /// <summary>The number of elements.</summary>
    public Dimension ElementCount => _dimensions.Aggregate((Dimension)1, (product, dimension) => product * dimension);

    public Dimension this[Index index] => _dimensions[index];

    public static TensorShape Create(ReadOnlySpan<Dimension> dimensions) => new([.. dimensions]);

    /// <summary>Creates a shape of numbers alone.</summary>
    public static TensorShape Create(params ReadOnlySpan<long> sizes)
    {
        var dimensions = ImmutableArray.CreateBuilder<Dimension>(sizes.Length);
        foreach (long size in sizes)
        {
            dimensions.Add(size);
        }

        return new(dimensions.ToImmutable());
    }

    /// <summary>This shape with one extent replaced.</summary>
    public TensorShape With(Index index, Dimension dimension) => new(_dimensions.SetItem(index.GetOffset(Rank), dimension));

    /// <summary>The extents in a run with the given values of symbols.</summary>
    public long[] Resolve(IReadOnlyDictionary<string, long> values) =>
        [.. _dimensions.Select(dimension => dimension.Resolve(values))];

    public bool Equals(TensorShape? other) => other is not null && _dimensions.SequenceEqual(other._dimensions);

    public override bool Equals(object? obj) => Equals(obj as TensorShape);

    public override int GetHashCode() => _dimensions.Aggregate(Rank, HashCode.Combine);

    public IEnumerator<Dimension> GetEnumerator() => ((IEnumerable<Dimension>)_dimensions).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", _dimensions)}]";
}
