using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Cupola.Cli;

/// <summary>Rows on standard output for a spreadsheet (RFC 4180), below a row of headings.</summary>
internal sealed class CsvOutput
{
    private static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture) { NewLine = "\n" };

    private readonly TextWriter _output = StandardStreams.Output;

    /// <summary>Writes the headings.</summary>
    public CsvOutput(params ReadOnlySpan<string> headings) => Write([.. headings]);

    /// <summary>Writes a row: texts, numbers, and nothing where a field is empty.</summary>
    public void Write(params ReadOnlySpan<object?> fields)
    {
        using CsvWriter row = new(_output, Configuration, leaveOpen: true);
        foreach (object? field in fields)
        {
            row.WriteField(
                field switch
                {
                    string text => Inert(text),
                    bool answer => answer ? "true" : "false",
                    _ => Convert.ToString(field, CultureInfo.InvariantCulture),
                }
            );
        }

        row.NextRecord();
    }

    /// <summary>A text that a spreadsheet would run as a formula gets an apostrophe, which makes it a text there.</summary>
    private static string Inert(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text;
}
