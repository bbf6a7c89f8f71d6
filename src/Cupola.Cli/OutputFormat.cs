using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cupola.Cli;

/// <summary>For whom a verb writes.</summary>
internal enum OutputFormat
{
    /// <summary>A person.</summary>
    Table,

    /// <summary>A program: one JSON object a line.</summary>
    Json,

    /// <summary>A spreadsheet.</summary>
    Csv,
}

/// <summary>Writing for programs.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions JsonLines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // Labels stay readable; nothing here goes into a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<OutputFormat> CreateOption() => new("--format")
    {
        Description = "table for a person (the default), json (one object a line) or csv for a program.",
        HelpName = "table|json|csv",
    };

    public static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonLines));

    /// <summary>One line, fields quoted where they need it (RFC 4180).</summary>
    public static void WriteCsv(params ReadOnlySpan<string> fields)
    {
        StringBuilder line = new();
        foreach (string field in fields)
        {
            line.Append(line.Length == 0 ? "" : ",");
            line.Append(field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
        }

        Console.Out.WriteLine(line);
    }
}
