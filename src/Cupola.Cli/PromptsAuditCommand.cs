using System.CommandLine;
using Cupola.Files;
using Cupola.Prompts;
using Cupola.Prompts.Audit;
using Cupola.Text;

namespace Cupola.Cli;

/// <summary><c>cupola prompts audit</c>: what is wrong with the sentences of a file, and a file without it.</summary>
internal sealed class PromptsAuditCommand
{
    private readonly ModelOptions _model = new("how long a prompt is for its tokenizer is not looked at");

    private readonly Argument<string> _file = new("file")
    {
        Description =
            "A file of prompts: CuPL's own JSON (class names and lists of sentences), or Cupola's, which keeps where each "
            + "came from.",
    };

    private readonly Option<string> _synonyms = new("--synonyms")
    {
        Description = "Names that mean the same as classes' own: a JSON object such as {\"automobile\": [\"car\"]}.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _fix = new("--fix")
    {
        Description =
            "Write the prompts without their faults to --output, and say of each fault whether it was repaired, its prompt "
            + "dropped, or kept.",
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Where --fix writes, in the format of the file.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _drop = new("--drop")
    {
        Description =
            "A fault for which --fix drops prompts that it would keep: near-duplicate, no-class-name, other-class or "
            + "too-long; may be given several times. The last prompts of a class stay.",
        HelpName = "FAULT",
    };

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    public static Command Create() => new PromptsAuditCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "audit",
            "Find duplicates, refusals, cut sentences and other faults of prompts, and repair them.",
            """
            cupola prompts audit cupl.json
            cupola prompts audit cupl.json --model openai/clip-vit-base-patch32 --format json > findings.jsonl
            cupola prompts audit cupl.json --synonyms names.json --format csv > findings.csv
            cupola prompts audit cupl.json --fix -o fixed.json
            cupola prompts audit cupl.json --fix --drop near-duplicate --drop other-class -o fixed.json
            """
        )
        {
            _file,
            _synonyms,
            _fix,
            _output,
            _drop,
            _format,
        };
        _model.AddTo(command);
        command.SetVerb(Run);
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? target = parsed.GetValue(_output);
        HashSet<PromptFault> dropped = [.. (parsed.GetValue(_drop) ?? []).Select(FaultNames.Read)];
        RequireFix(parsed.GetValue(_fix), target, dropped);
        PromptSetFile read = PromptSetFile.Read(parsed.GetValue(_file)!);
        PromptSet prompts = read.Prompts;
        TextTokenizer? tokenizer = _model.IsNamed(parsed)
            ? ClipEmbedder.LoadTokenizer(_model.Path(parsed, cancellationToken))
            : null;
        PromptAudit audit = PromptAudit.Create(
            prompts,
            new() { Tokenizer = tokenizer, Synonyms = ReadSynonyms(parsed.GetValue(_synonyms), prompts) }
        );
        RepairedPrompts? repaired = target is null ? null : audit.Repair(dropped);
        if (repaired is not null)
        {
            read.WriteAlike(target!, repaired.Prompts);
        }

        AuditWriters.Write(parsed.GetValue(_file)!, audit, repaired, parsed.GetValue(_format));
        return Report(repaired, target, prompts);
    }

    private static void RequireFix(bool isFix, string? target, HashSet<PromptFault> dropped)
    {
        if (isFix && target is null)
        {
            throw new ArgumentException("--fix writes a file; say where, as in --fix -o fixed.json.");
        }

        if (!isFix && (target is not null || dropped.Count > 0))
        {
            throw new ArgumentException(
                $"{(target is not null ? "-o" : "--drop")} goes with --fix, which writes the prompts without their faults; "
                    + "without it they are only reported."
            );
        }
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadSynonyms(string? path, PromptSet prompts)
    {
        if (path is null)
        {
            return new PromptAuditSettings().Synonyms;
        }

        IReadOnlyDictionary<string, IReadOnlyList<string>> synonyms = ClassSynonyms.Read(path);
        string[] unknown = [.. synonyms.Keys.Except(prompts.ClassNames, StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine($"{path} has synonyms of words that are not classes here: {ShortList.Join(unknown)}.");
        }

        return synonyms;
    }

    /// <summary>Findings are no failures; a class for which nothing could be kept is one.</summary>
    private static int Report(RepairedPrompts? repaired, string? target, PromptSet prompts)
    {
        if (repaired is null)
        {
            return ExitCode.Done;
        }

        Console.Error.WriteLine(
            $"Wrote {repaired.Prompts.PromptCount} of {prompts.PromptCount} prompts to {target}: {repaired.Repaired} are "
                + $"repaired, {repaired.Dropped} dropped."
        );
        if (repaired.EmptiedClasses.Count == 0)
        {
            return ExitCode.Done;
        }

        Console.Error.WriteLine(
            $"No prompt could be kept for {ShortList.Join(repaired.EmptiedClasses)}; "
                + $"{(repaired.EmptiedClasses.Count == 1 ? "it stands" : "they stand")} in {target} without any."
        );
        return ExitCode.SomeFailed;
    }
}
