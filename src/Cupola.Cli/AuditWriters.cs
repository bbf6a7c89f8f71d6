using System.Globalization;
using Cupola.Prompts.Audit;
using Cupola.Reports;

namespace Cupola.Cli;

/// <summary>How the faults of prompts are written, for a person or a program.</summary>
internal static class AuditWriters
{
    /// <summary>How many prompts with a fault a person sees of each kind.</summary>
    private const int Shown = 8;

    private const int ShownLength = 110;

    /// <summary>How many common class names a person sees.</summary>
    private const int NamesShown = 12;

    public static void Write(string file, PromptAudit audit, RepairedPrompts? repaired, OutputFormat format)
    {
        Row[] rows = repaired is null
            ? [.. audit.Findings.Select(static finding => new Row(finding, null, null))]
            :
            [
                .. repaired.Findings.Select(static each => new Row(
                    each.Finding,
                    each.Remedy,
                    each.Remedy == PromptRemedy.Repaired ? each.Text : null
                )),
            ];
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(rows, repaired is not null);
                break;
            case OutputFormat.Csv:
                WriteCsv(rows, repaired is not null);
                break;
            default:
                WriteTables(file, audit, rows, repaired is not null);
                break;
        }

        Console.Out.Flush();
    }

    private static void WriteJson(Row[] rows, bool isFixed)
    {
        foreach ((PromptFinding finding, PromptRemedy? remedy, string? text) in rows)
        {
            string fault = FaultNames.NameOf(finding.Fault);
            if (isFixed)
            {
                Output.WriteJson(
                    new
                    {
                        Class = finding.ClassName,
                        Prompt = finding.Prompt.Text,
                        fault,
                        finding.Detail,
                        Position = finding.Position + 1,
                        Remedy = Name(remedy),
                        Repaired = text,
                    }
                );
            }
            else
            {
                Output.WriteJson(
                    new
                    {
                        Class = finding.ClassName,
                        Prompt = finding.Prompt.Text,
                        fault,
                        finding.Detail,
                        Position = finding.Position + 1,
                    }
                );
            }
        }
    }

    private static void WriteCsv(Row[] rows, bool isFixed)
    {
        string[] headings = ["class", "position", "prompt", "fault", "detail"];
        CsvOutput table = new(isFixed ? [.. headings, "remedy", "repaired"] : headings);
        foreach ((PromptFinding finding, PromptRemedy? remedy, string? text) in rows)
        {
            object?[] fields =
            [
                finding.ClassName,
                finding.Position + 1,
                finding.Prompt.Text,
                FaultNames.NameOf(finding.Fault),
                finding.Detail,
            ];
            table.Write(isFixed ? [.. fields, Name(remedy), text] : fields);
        }
    }

    private static void WriteTables(string file, PromptAudit audit, Row[] rows, bool isFixed)
    {
        Console.Out.WriteLine($"{file}: {audit.Prompts.PromptCount} prompts of {audit.Prompts.ClassNames.Count} classes.");
        foreach (
            IGrouping<PromptFault, Row> kind in rows.GroupBy(static row => row.Finding.Fault).OrderBy(static group => group.Key)
        )
        {
            Row[] all = [.. kind];
            Heading($"{FaultNames.NameOf(kind.Key)}: {all.Length}");
            TextTable.Write(
                isFixed ? ["class", "#prompt", "text", "what shows it", "remedy"] : ["class", "#prompt", "text", "what shows it"],
                [
                    .. all.Take(Shown)
                        .Select(row =>
                            (IReadOnlyList<string>)
                                [
                                    Short(row.Finding.ClassName),
                                    NumberFormat.Plain(row.Finding.Position + 1),
                                    Short(row.Finding.Prompt.Text),
                                    Short(row.Finding.Detail),
                                    .. isFixed ? [Remedy(row)] : Array.Empty<string>(),
                                ]
                        ),
                ]
            );
            if (all.Length > Shown)
            {
                Console.Out.WriteLine($"  … and {all.Length - Shown} more; --format csv and --format json have them all.");
            }
        }

        WriteSummary(audit, rows, isFixed);
    }

    private static void WriteSummary(PromptAudit audit, Row[] rows, bool isFixed)
    {
        Heading("In all");
        string[] headings = ["fault", "#prompts", "#%"];
        TextTable.Write(
            isFixed ? [.. headings, "#repaired", "#dropped", "#kept"] : headings,
            [
                .. Enum.GetValues<PromptFault>()
                    .Where(fault =>
                        fault != PromptFault.TooLong
                        || audit.Settings.Tokenizer is not null
                        || rows.Any(row => row.Finding.Fault == fault)
                    )
                    .Select(fault =>
                    {
                        Row[] all = [.. rows.Where(row => row.Finding.Fault == fault)];
                        string[] counts =
                        [
                            FaultNames.NameOf(fault),
                            NumberFormat.Plain(all.Length),
                            Percent(all.Length, audit.Prompts.PromptCount),
                        ];
                        string[] remedies =
                        [
                            .. Enum.GetValues<PromptRemedy>()
                                .Select(remedy => NumberFormat.Plain(all.Count(row => row.Remedy == remedy))),
                        ];
                        return (IReadOnlyList<string>)(isFixed ? [.. counts, .. remedies] : counts);
                    }),
            ]
        );
        int faulty = rows.Select(static row => (row.Finding.ClassName, row.Finding.Position)).Distinct().Count();
        Console.Out.WriteLine(
            $"  {faulty} of {audit.Prompts.PromptCount} prompts have a fault ({Percent(faulty, audit.Prompts.PromptCount)} %)."
        );
        if (audit.Settings.Tokenizer is null)
        {
            Console.Out.WriteLine("  Whether prompts are too long is for a model's tokenizer to say; name one by --model.");
        }

        if (audit.CommonNames.Count > 0)
        {
            Console.Out.WriteLine(
                "  Common words here, whose mention is no fault: "
                    + $"{string.Join(", ", audit.CommonNames.Take(NamesShown).Select(Short))}"
                    + $"{(audit.CommonNames.Count > NamesShown ? $" and {audit.CommonNames.Count - NamesShown} more" : "")}."
            );
        }
    }

    private static void Heading(string text)
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine(text);
    }

    private static string Remedy(Row row) => row.Text is null ? Name(row.Remedy) : $"{Name(row.Remedy)}: {Short(row.Text)}";

    private static string Name(PromptRemedy? remedy) => remedy?.ToString().ToLowerInvariant() ?? "";

    private static string Short(string text) => text.Length > ShownLength ? text[..ShownLength] + "…" : text;

    private static string Percent(int part, int all) =>
        all == 0 ? "–" : (100.0 * part / all).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>A finding, and what became of it.</summary>
    /// <param name="Finding">The fault.</param>
    /// <param name="Remedy">What was done, where something was to be done.</param>
    /// <param name="Text">The repaired prompt.</param>
    private sealed record Row(PromptFinding Finding, PromptRemedy? Remedy, string? Text);
}
