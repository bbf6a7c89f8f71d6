using System.Globalization;

namespace Cupola.Retrieval;

/// <summary>What a term of a query is.</summary>
internal enum SearchTermKind
{
    Words,

    /// <summary>An image's path or address.</summary>
    Image,

    /// <summary>The number of an image of the index.</summary>
    Number,
}

/// <summary>A term of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The words, the path or address, or the number.</param>
/// <param name="Weight">How much it counts; less than 0 where images that fit it are unwanted.</param>
internal sealed record SearchTerm(SearchTermKind Kind, string Text, double Weight)
{
    /// <summary>Its unit vector, where somebody has embedded it already.</summary>
    public float[]? Vector { get; init; }

    /// <summary>Reads a term.</summary>
    /// <param name="text">The term.</param>
    /// <param name="sign">1 or −1.</param>
    /// <param name="mayBeImage">Whether a path or an address is an image; for a stranger's query it is words.</param>
    /// <exception cref="FormatException">Nothing follows its weight.</exception>
    public static SearchTerm Parse(string text, double sign, bool mayBeImage = true)
    {
        double weight = 1;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (
            colon > 0
            && double.TryParse(
                text.AsSpan(0, colon),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double number
            )
        )
        {
            (weight, text) = (number, text[(colon + 1)..].Trim());
        }

        return text.Length == 0 ? throw new FormatException("A weight has no term behind it; write '2:red sail'.")
            : text[0] == '#' && long.TryParse(text.AsSpan(1), CultureInfo.InvariantCulture, out _)
                ? new(SearchTermKind.Number, text[1..], sign * weight)
            : new(mayBeImage && IsImage(text) ? SearchTermKind.Image : SearchTermKind.Words, text, sign * weight);
    }

    /// <summary>Words that are no file are words, even where they end as a file's name does.</summary>
    private static bool IsImage(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || File.Exists(text);
}
