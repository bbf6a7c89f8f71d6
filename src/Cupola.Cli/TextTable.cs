namespace Cupola.Cli;

/// <summary>A table as plain text, which a pipe keeps as a terminal shows it.</summary>
internal static class TextTable
{
    /// <summary>Writes columns as wide as what is in them. A heading that begins with <c>#</c> stands over numbers, which are set right.</summary>
    public static void Write(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. headings.Select((heading, column) => rows.Select(row => row[column].Length).Append(heading.TrimStart('#').Length).Max())];
        WriteRow([.. headings.Select(static heading => heading.TrimStart('#'))]);
        foreach (IReadOnlyList<string> row in rows)
        {
            WriteRow(row);
        }

        void WriteRow(IReadOnlyList<string> row) => Console.Out.WriteLine(
            ("  " + string.Join("  ", row.Select((cell, column) => headings[column].StartsWith('#') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])))).TrimEnd());
    }
}
