using Spectre.Console;

namespace Cupola.Cli;

/// <summary>A table as plain text, which a pipe keeps as a terminal shows it.</summary>
internal static class TextTable
{
    /// <summary>Writes what the lines below are about: a name, in bold on a terminal, and what is said of it.</summary>
    public static void WriteName(string name, string? answer = null)
    {
        string rest = answer is null ? "" : $": {answer}";
        if (Console.IsOutputRedirected)
        {
            Console.Out.WriteLine(name + rest);
            return;
        }

        IAnsiConsole terminal = AnsiConsole.Create(new() { Out = new TerminalOutput(StandardStreams.Output, isTerminal: true) });
        // The terminal breaks what is too long for a line, and gives it back whole when it is copied.
        terminal.Profile.Width = Math.Max(terminal.Profile.Width, name.Length + rest.Length + 1);
        terminal.MarkupLine($"[bold]{Markup.Escape(HarmlessText.Clean(name))}[/]{Markup.Escape(HarmlessText.Clean(rest))}");
    }

    /// <summary>
    /// Writes columns as wide as what is in them. A heading that begins with <c>#</c> stands over numbers, which are set right.
    /// </summary>
    public static void Write(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths =
        [
            .. headings.Select(
                (heading, column) => rows.Select(row => row[column].Length).Append(heading.TrimStart('#').Length).Max()
            ),
        ];
        WriteRow([.. headings.Select(static heading => heading.TrimStart('#'))]);
        foreach (IReadOnlyList<string> row in rows)
        {
            WriteRow(row);
        }

        void WriteRow(IReadOnlyList<string> row) =>
            Console.Out.WriteLine(
                (
                    "  "
                    + string.Join(
                        "  ",
                        row.Select(
                            (cell, column) =>
                                headings[column].StartsWith('#') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])
                        )
                    )
                ).TrimEnd()
            );
    }
}
