using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>What the first line of a table of separated fields says.</summary>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="Separator">What stands between fields.</param>
/// <param name="Columns">How many fields a line has.</param>
/// <param name="Image">The column of images.</param>
/// <param name="Text">The column of texts.</param>
internal sealed record TableHeader(int Line, char Separator, int Columns, int Image, int Text)
{
    /// <summary>
    /// open_clip's tables have tabs whatever they are called, and Excel writes semicolons where a comma is in numbers.
    /// </summary>
    private static readonly char[] Separators = [',', '\t', ';', '|'];

    /// <summary>
    /// Reads the first line. The separator is the one under which both columns are there, or the one that a line
    /// <c>sep=;</c> before it names.
    /// </summary>
    /// <param name="path">The table.</param>
    /// <param name="maximumLength">Of a line.</param>
    /// <param name="texts">The column wanted beside that of images.</param>
    /// <exception cref="InvalidDataException">It is no table, or lacks a column; the message says which it has.</exception>
    public static TableHeader Read(string path, int maximumLength, TableColumn texts)
    {
        char? named = null;
        foreach ((int index, string? line) in TextLines.Read(path, maximumLength).Index())
        {
            if (line is null)
            {
                throw new InvalidDataException(
                    Invariant($"{path} is no table of images: its first line is longer than {maximumLength} characters.")
                );
            }

            if (named is null && NamedSeparator(line) is { } separator)
            {
                named = separator;
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                return Read(path, line, index + 1, named is { } only ? [only] : Separators, texts);
            }
        }

        throw new InvalidDataException($"{path} is no table of images: it is empty.");
    }

    private static TableHeader Read(string path, string line, int number, char[] separators, TableColumn texts)
    {
        (char Separator, List<string> Names)[] ways =
        [
            .. separators
                .Select(separator => (separator, Split(line, separator)))
                .OrderByDescending(static way => way.Item2.Count),
        ];
        (char chosen, List<string> names) = ways.FirstOrDefault(
            way => TableColumn.Image.Find(way.Names) >= 0 && texts.Find(way.Names) >= 0,
            ways[0]
        );
        return new(number, chosen, names.Count, TableColumn.Image.IndexAmong(names, path), texts.IndexAmong(names, path));
    }

    private static List<string> Split(string line, char separator)
    {
        List<string> names = [];
        DelimitedFields.Split(line, separator, names);
        return names;
    }

    /// <summary>What Excel writes before a table so that it knows the separator again.</summary>
    private static char? NamedSeparator(string line)
    {
        string text = DelimitedFields.Unquote(line.TrimStart().TrimEnd(' '));
        return text is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', char separator] ? separator : null;
    }
}
