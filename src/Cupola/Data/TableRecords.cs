using System.Text;
using Cupola.Files;
using Cupola.Images;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>A record of a table: its fields, or why it cannot be used.</summary>
/// <param name="Line">The line where it begins, from 1.</param>
/// <param name="Fields">The fields; empty if there is a problem.</param>
/// <param name="Problem">What is wrong with it, or null.</param>
internal readonly record struct TableRecord(int Line, IReadOnlyList<string> Fields, string? Problem);

/// <summary>
/// Reads the records below a table's first line. A quoted field may have line breaks; a quotation mark that is never closed costs
/// only its own line. With tabs, a quotation mark is an ordinary character unless the whole field is quoted: programs that write
/// TSV without quoting are as common as those that quote.
/// </summary>
internal sealed class TableRecords(string path, TableHeader header, int maximumLineLength, int maximumFieldLength)
{
    /// <summary>The most lines of one record; no caption has more.</summary>
    private const int MostLines = 1000;

    private readonly List<string?> _ahead = [];
    private int _taken;

    /// <summary>Reads the records in order.</summary>
    public IEnumerable<TableRecord> Read()
    {
        using IEnumerator<string?> lines = TextLines.Read(path, maximumLineLength).GetEnumerator();
        List<string> fields = [];
        for (int number = 1; Has(lines, 0); number++)
        {
            string? line = Take();
            if (number <= header.Line || (line is not null && string.IsNullOrWhiteSpace(line)))
            {
                continue;
            }

            int more = 0;
            string? problem = line is null
                ? Invariant($"it is longer than {maximumLineLength} characters")
                : Split(line, lines, fields, out more);
            if (problem is not null || !fields.TrueForAll(string.IsNullOrWhiteSpace))
            {
                yield return new(number, fields, problem ?? Misfit(fields));
            }

            Skip(more);
            number += more;
        }
    }

    /// <summary>Splits the record that begins on a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="lines">The lines after it.</param>
    /// <param name="fields">Receives the fields.</param>
    /// <param name="more">How many of the lines after it belong to it.</param>
    /// <returns>What is wrong with it, or null.</returns>
    private string? Split(string line, IEnumerator<string?> lines, List<string> fields, out int more)
    {
        more = 0;
        QuoteEnd end = DelimitedFields.Split(line, header.Separator, fields);
        if (end == QuoteEnd.Open)
        {
            more = LinesToClose(line, lines, fields);
            end = more > 0 ? QuoteEnd.Closed : end;
        }

        if (header.Separator == '\t')
        {
            string[] literal = DelimitedFields.SplitLiterally(line, '\t');
            if (more == 0 && (end == QuoteEnd.Open || (fields.Count != header.Columns && literal.Length == header.Columns)))
            {
                fields.Clear();
                fields.AddRange(literal);
            }

            return null;
        }

        return end switch
        {
            QuoteEnd.Open => "its quotation mark is never closed",
            QuoteEnd.Misplaced => "its quotation marks do not match",
            _ => null,
        };
    }

    /// <summary>
    /// The number of further lines that a quoted field spans; 0 if it is not closed, or if it would take in other records.
    /// </summary>
    private int LinesToClose(string line, IEnumerator<string?> lines, List<string> fields)
    {
        StringBuilder joined = new(line);
        for (int count = 1; count <= MostLines && joined.Length <= maximumFieldLength && Has(lines, count - 1); count++)
        {
            if (_ahead[_taken + count - 1] is not { } next)
            {
                return 0;
            }

            joined.Append('\n').Append(next);
            int mark = next.IndexOf('"', StringComparison.Ordinal);
            if (IsRecord(mark < 0 ? next : next[..mark]))
            {
                return 0;
            }

            if (mark < 0)
            {
                continue;
            }

            switch (DelimitedFields.Split(joined.ToString(), header.Separator, fields))
            {
                case QuoteEnd.Closed:
                    return header.Separator != '\t' || fields.Count == header.Columns ? count : 0;
                case QuoteEnd.Misplaced:
                    return 0;
                default:
                    continue;
            }
        }

        return 0;
    }

    /// <summary>
    /// Whether the content of a quoted field is itself a record: the right number of fields, with an image in its column.
    /// </summary>
    private bool IsRecord(string text)
    {
        string[] fields = DelimitedFields.SplitLiterally(text, header.Separator);
        return fields.Length == header.Columns
            && (ImageFolder.IsImage(fields[header.Subject]) || ImageAddress.IsAddress(fields[header.Subject]));
    }

    /// <summary>What is wrong with the number or length of fields; missing ones are reported by their column.</summary>
    private string? Misfit(List<string> fields)
    {
        if (fields.Skip(header.Columns).Any(static field => field.Length > 0))
        {
            return Invariant($"it has {fields.Count} fields, and the first line names {header.Columns} columns");
        }

        bool isLong = fields.Exists(field => field.Length > maximumFieldLength);
        return isLong ? Invariant($"a field of it is longer than {maximumFieldLength} characters") : null;
    }

    /// <summary>Whether there is a line at an offset after the next; lines read ahead are kept.</summary>
    private bool Has(IEnumerator<string?> lines, int index)
    {
        while (_ahead.Count - _taken <= index)
        {
            if (!lines.MoveNext())
            {
                return false;
            }

            _ahead.Add(lines.Current);
        }

        return true;
    }

    private string? Take()
    {
        string? line = _ahead[_taken];
        Skip(1);
        return line;
    }

    /// <summary>Drops lines; the list is trimmed only now and then, so that each line is moved a few times only.</summary>
    private void Skip(int count)
    {
        _taken += count;
        if (_taken * 2 >= _ahead.Count)
        {
            _ahead.RemoveRange(0, _taken);
            _taken = 0;
        }
    }
}
