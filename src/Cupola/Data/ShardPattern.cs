using System.Globalization;
using System.Text.RegularExpressions;

namespace Cupola.Data;

/// <summary>Expands one name for many shards, as WebDataset writes them: <c>photos-{000..017}.tar</c>.</summary>
internal static partial class ShardPattern
{
    /// <summary>The most shards; a larger range is a typing error.</summary>
    private const int MostShards = 100_000;

    public static bool IsPattern(string path) => Range().IsMatch(path);

    /// <summary>The names of a pattern, with numbers as wide as the first.</summary>
    /// <exception cref="ArgumentException">A range is descending, or there are too many names.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        List<string> names = [pattern];
        while (Range().Match(names[0]) is { Success: true } range)
        {
            string digits = range.Groups["first"].Value;
            int first = int.Parse(digits, CultureInfo.InvariantCulture),
                last = int.Parse(range.Groups["last"].Value, CultureInfo.InvariantCulture);
            if (last < first || ((long)last - first + 1) * names.Count > MostShards)
            {
                throw new ArgumentException(
                    $"{pattern} names no shards, or more than {MostShards}; a range is ascending, as in {{000..017}}."
                );
            }

            string format = $"D{digits.Length}";
            names =
            [
                .. names.SelectMany(name =>
                    Enumerable
                        .Range(first, last - first + 1)
                        .Select(number => Range().Replace(name, number.ToString(format, CultureInfo.InvariantCulture), count: 1))
                ),
            ];
        }

        return names;
    }

    [GeneratedRegex(
        @"\{(?<first>\d{1,9})\.\.(?<last>\d{1,9})\}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Range();
}
