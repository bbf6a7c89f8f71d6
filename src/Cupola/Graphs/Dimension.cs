using System.Globalization;

namespace Cupola.Graphs;

/// <summary>
/// One extent of a tensor: a number, a symbol whose value each run sets ("batch"), or a product of both ("49·batch"). Products
/// make reshapes checkable while the graph is built: the element count of a tensor is itself such a product.
/// </summary>
internal readonly record struct Dimension
{
    private readonly string? _symbols;

    private Dimension(long factor, string? symbols)
    {
        Factor = factor;
        _symbols = symbols;
    }

    /// <summary>The numeric factor; the extent itself if there are no symbols.</summary>
    public long Factor { get; }

    /// <summary>The symbols in order, each as often as it occurs.</summary>
    public ReadOnlySpan<string> Symbols => string.IsNullOrEmpty(_symbols) ? [] : _symbols.Split('·');

    /// <summary>Whether the extent is known before a run.</summary>
    public bool IsFixed => string.IsNullOrEmpty(_symbols);

    public static implicit operator Dimension(long size) => new(size, null);

    public static implicit operator Dimension(string symbol) => new(1, symbol);

    public static Dimension operator *(Dimension left, Dimension right)
    {
        string[] symbols = [.. left.Symbols, .. right.Symbols];
        Array.Sort(symbols, StringComparer.Ordinal);
        return new(checked(left.Factor * right.Factor), symbols.Length == 0 ? null : string.Join('·', symbols));
    }

    /// <summary>The extent in a run in which each symbol has its value.</summary>
    public long Resolve(IReadOnlyDictionary<string, long> values)
    {
        long size = Factor;
        foreach (string symbol in Symbols)
        {
            size = checked(size * values[symbol]);
        }

        return size;
    }

    public override string ToString()
    {
        string factor = Factor.ToString(CultureInfo.InvariantCulture);
        return IsFixed ? factor
            : Factor == 1 ? _symbols!
            : $"{factor}·{_symbols}";
    }
}
