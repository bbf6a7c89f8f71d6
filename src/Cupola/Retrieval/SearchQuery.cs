using Cupola.Retrieval;

namespace Cupola;

/// <summary>
/// What is looked for in an <see cref="ImageIndex"/>: terms with signs and weights, and what an image must be besides. A term is
/// words, an image, or an image of the index.
/// </summary>
public sealed record SearchQuery
{
    /// <summary>The terms, at least one.</summary>
    internal IReadOnlyList<SearchTerm> Terms { get; init; } = [];

    /// <summary>Only images at or below this folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Only images taken at this time or later.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only images taken before this time.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Only images whose camera's name has this in it.</summary>
    public string? Camera { get; init; }

    /// <summary>Only images whose score is at least this; null for all.</summary>
    public double? Threshold { get; init; }

    /// <summary>What is said in place of words; null takes words as they stand.</summary>
    internal Func<string, IReadOnlyList<string>>? Sentences { get; init; }

    /// <summary>Reads a query as a person writes it: <c>beach + photo.jpg - people + 2:red sail</c>.</summary>
    /// <param name="text">
    /// Terms with + or − between, which stand alone between spaces. A term is the path of an image's file, an address, <c>#</c>
    /// and an image's number, or words; with a number and a colon before it, it counts so many times.
    /// </param>
    /// <exception cref="FormatException">There is no term, or a sign without one.</exception>
    public static SearchQuery Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A query of words alone, whatever stands in them.</summary>
    internal static SearchQuery Words(string words) => new() { Terms = [new(SearchTermKind.Words, words, 1)] };

    /// <summary>Reads a query that a command line has cut into arguments; signs stand alone.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    internal static SearchQuery Parse(IReadOnlyList<string> arguments, bool mayNameImages = true)
    {
        List<SearchTerm> terms = [];
        List<string> words = [];
        double sign = 1;
        foreach (string argument in arguments)
        {
            if (argument is not ("+" or "-"))
            {
                if (!string.IsNullOrWhiteSpace(argument))
                {
                    words.Add(argument);
                }

                continue;
            }

            if (words.Count > 0)
            {
                terms.Add(SearchTerm.Parse(string.Join(' ', words), sign, mayNameImages));
                words.Clear();
            }
            else if (terms.Count > 0 || sign < 0)
            {
                throw new FormatException($"There is no term before the '{argument}'; write 'beach {argument} people'.");
            }

            sign = argument == "-" ? -1 : 1;
        }

        return words.Count > 0
            ? new() { Terms = [.. terms, SearchTerm.Parse(string.Join(' ', words), sign, mayNameImages)] }
            : throw new FormatException("There is nothing to look for; name words, an image or both.");
    }
}
