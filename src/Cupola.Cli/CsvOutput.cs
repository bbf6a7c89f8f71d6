using System.Globalization;
using Cupola.Files;

namespace Cupola.Cli;

/// <summary>Rows on standard output for a spreadsheet (RFC 4180), below a row of headings.</summary>
internal sealed class CsvOutput
{
    private readonly TextWriter _output = StandardStreams.Output;

    /// <summary>Writes the headings.</summary>
    public CsvOutput(params ReadOnlySpan<string> headings) => Write([.. headings]);

    /// <summary>Writes a row: texts, numbers, and nothing where a field is empty.</summary>
    public void Write(params ReadOnlySpan<object?> fields)
    {
        List<string> texts = new(fields.Length);
        foreach (object? field in fields)
        {
            texts.Add(
                field switch
                {
                    string text => Inert(text),
                    bool answer => answer ? "true" : "false",
                    _ => Convert.ToString(field, CultureInfo.InvariantCulture) ?? "",
                }
            );
        }

        // Rows end alike on every machine.
        _output.Write(DelimitedFields.Join(texts) + "\n");
    }

    /// <summary>A text that a spreadsheet would run as a formula gets an apostrophe, which makes it a text there.</summary>
    private static string Inert(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text;
}
