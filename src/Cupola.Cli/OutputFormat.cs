using System.CommandLine;
using System.CommandLine.Parsing;
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

    public static Option<OutputFormat> CreateOption() =>
        new("--format")
        {
            Description = "table for a person (the default), json (one object a line) or csv for a spreadsheet.",
            HelpName = "table|json|csv",
            CustomParser = Read,
        };

    public static void WriteJson<T>(T value) => StandardStreams.Output.WriteLine(JsonSerializer.Serialize(value, JsonLines));

    private static OutputFormat Read(ArgumentResult given)
    {
        string name = given.Tokens is [{ Value: var value }] ? value : "";
        string[] names = [.. Enum.GetNames<OutputFormat>().Select(static known => known.ToLowerInvariant())];
        int place = Array.FindIndex(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (place < 0)
        {
            given.AddError($"--format is {string.Join(", ", names.SkipLast(1))} or {names[^1]}, and not '{name}'.");
            return default;
        }

        return Enum.GetValues<OutputFormat>()[place];
    }
}
