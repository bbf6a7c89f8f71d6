using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>The first line of a table of separated fields.</summary>
/// <param name="Line">The line number, from 1.</param>
/// <param name="Separator">The separator of fields.</param>
/// <param name="Columns">The number of fields in a line.</param>
/// <param name="Subject">The column that each line is about: of images, as a rule.</param>
/// <param name="Text">The column of texts.</param>
internal sealed record TableHeader(int Line, char Separator, int Columns, int Subject, int Text)
{
    /// <summary>
    /// open_clip's tables have tabs whatever their extension, and Excel writes semicolons in locales with a decimal comma.
    /// </summary>
    private static readonly char[] Separators = [',', '\t', ';', '|'];

    /// <summary>
    /// Reads the first line. The separator is the one with which both columns exist, or the one that a line <c>sep=;</c> before
    /// it names.
    /// </summary>
    /// <param name="path">The table.</param>
    /// <param name="maximumLength">The longest allowed line.</param>
    /// <param name="subject">The column that each line is about.</param>
    /// <param name="texts">The column required in addition.</param>
    /// <exception cref="InvalidDataException">It is not a table, or lacks a column; the message lists its columns.</exception>
    public static TableHeader Read(string path, int maximumLength, TableColumn subject, TableColumn texts)
    {
        char? named = null;
        foreach ((int index, string? line) in TextLines.Read(path, maximumLength).Index())
        {
            if (line is null)
            {
                throw new InvalidDataException(
                    Invariant($"{path} is not a table of images: its first line is longer than {maximumLength} characters.")
                );
            }

            if (named is null && NamedSeparator(line) is { } separator)
            {
                named = separator;
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                return Read(path, line, index + 1, named is { } only ? [only] : Separators, subject, texts);
            }
        }

        throw new InvalidDataException($"{path} is not a table of images: it is empty.");
    }

    private static TableHeader Read(
        string path,
        string line,
        int number,
        char[] separators,
        TableColumn subject,
        TableColumn texts
    )
    {
        (char Separator, List<string> Names)[] ways =
        [
            .. separators
                .Select(separator => (separator, Split(line, separator)))
                .OrderByDescending(static way => way.Item2.Count),
        ];
        (char chosen, List<string> names) = ways.FirstOrDefault(
            way => subject.Find(way.Names) >= 0 && texts.Find(way.Names) >= 0,
            ways[0]
        );
        return new(number, chosen, names.Count, subject.IndexAmong(names, path), texts.IndexAmong(names, path));
    }

    private static List<string> Split(string line, char separator)
    {
        List<string> names = [];
        DelimitedFields.Split(line, separator, names);
        return names;
    }

    /// <summary>The separator that Excel writes before a table so that it can read it back.</summary>
    private static char? NamedSeparator(string line)
    {
        string text = DelimitedFields.Unquote(line.TrimStart().TrimEnd(' '));
        return text is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', char separator] ? separator : null;
    }
}
