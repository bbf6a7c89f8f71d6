using System.CommandLine;
using Cupola.LanguageModels;
using Cupola.Prompts.Writing;

namespace Cupola.Cli;

/// <summary>
/// <c>cupola prompts write</c>: asks a language model about each label, and goes on where an earlier run ended.
/// </summary>
internal sealed class PromptsWriteCommand
{
    private const int MostShown = 5;

    private static readonly PromptWriterSettings Usual = new() { Model = "" };

    private readonly LabelOptions _labels = new("describe");

    private readonly Option<string> _questions = new("--questions")
    {
        Description = $"What is asked: a file, or {string.Join(", ", PromptQuestions.Names)}.",
        DefaultValueFactory = static _ => "cupl",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string> _endpoint = new("--endpoint")
    {
        Description =
            "The language model's server: the address that /chat/completions follows. Its key is in OPENAI_API_KEY, for "
            + "Azure in AZURE_OPENAI_API_KEY.",
        DefaultValueFactory = static _ => "https://api.openai.com/v1",
        HelpName = "URL",
    };

    private readonly Option<string> _model = new("--llm")
    {
        Description = "The language model's name, as the server knows it (for Azure the deployment's).",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The file of prompts. The answers go to a journal beside it, FILE.journal, as they come.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<bool> _cupl = new("--cupl")
    {
        Description = "Write CuPL's own JSON: labels and sentences, without where they came from.",
    };

    private readonly Option<string> _domain = new("--domain")
    {
        Description = "What tells the meanings of labels apart: \"a type of bird\", or \"satellite photo of\".",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> _article = new("--article")
    {
        Description =
            "A label's article, where it is chosen wrongly: \"Big Bang=the\", \"Jaguar=\" for none; may be given several "
            + "times.",
        HelpName = "LABEL=ARTICLE",
    };

    private readonly NumberOption<int> _answers = new("--answers", 1)
    {
        Description = "Answers to each question, in place of what the questions say.",
        HelpName = "N",
    };

    private readonly NumberOption<float> _temperature = new("--temperature", 0, 2)
    {
        Description = "The temperature of sampling.",
        DefaultValueFactory = static _ => Usual.Temperature,
        HelpName = "T",
    };

    private readonly NumberOption<int> _maxTokens = new("--max-tokens", 1, 100_000)
    {
        Description = "The longest answer, in the language model's tokens.",
        DefaultValueFactory = static _ => Usual.MaxTokens,
        HelpName = "N",
    };

    private readonly NumberOption<int> _concurrency = new("--concurrency", 1, 1000)
    {
        Description = "Questions that are with the server at a time.",
        DefaultValueFactory = static _ => Usual.Concurrency,
        HelpName = "N",
    };

    private readonly NumberOption<double> _patience = new("--timeout", 0.001, 86_400)
    {
        Description = "Seconds of silence until the server counts as gone.",
        DefaultValueFactory = static _ => Usual.RequestTimeout.TotalSeconds,
        HelpName = "S",
    };

    public static Command Create() => new PromptsWriteCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "write",
            "Ask a language model to describe each label; a run that was ended goes on where it stopped.",
            """
            cupola prompts write --labels "tree frog,tailed frog" --questions article --endpoint http://localhost:11434/v1
             --llm llama3.2 -o frogs.json
            cupola prompts write --labels-file birds.txt --domain "a type of bird" --llm gpt-4o-mini -o birds.json
            cupola prompts write --labels-file land.txt --domain "satellite photo of" --endpoint http://localhost:8000/v1
             --llm Qwen/Qwen2.5-7B-Instruct -o land.json --cupl
            """
        );
        _labels.AddTo(command);
        foreach (
            Option option in new Option[]
            {
                _questions,
                _endpoint,
                _model,
                _output,
                _cupl,
                _domain,
                _article,
                _answers,
                _temperature,
                _maxTokens,
                _concurrency,
                _patience,
            }
        )
        {
            command.Options.Add(option);
        }

        command.SetVerb(Run, parsed =>
            $"Stopped; the answers so far are in {parsed.GetValue(_output)}.journal, and the same command goes on from there."
        );
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = _labels.Read(parsed)
            ?? throw new ArgumentException(
                "There are no labels to describe; name some, as in --labels \"dog,cat\", or a file by --labels-file."
            );
        PromptQuestions asked = PromptQuestions
            .Read(parsed.GetValue(_questions)!)
            .WithArticles((parsed.GetValue(_article) ?? []).Select(ReadArticle));
        PromptWriterSettings settings = new()
        {
            Model = parsed.GetValue(_model)!,
            Temperature = _temperature.Read(parsed),
            MaxTokens = _maxTokens.Read(parsed),
            Domain = parsed.GetValue(_domain),
            Concurrency = _concurrency.Read(parsed),
            RequestTimeout = TimeSpan.FromSeconds(_patience.Read(parsed)),
        };
        using LanguageModelServer server = new(LanguageModelServer.ReadEndpoint(parsed.GetValue(_endpoint)!), settings.Model);
        PromptWriter writer = new(server, parsed.GetValue(_answers) is { } count ? asked.WithAnswers(count) : asked, settings);
        int code = Write(writer, settings, names, parsed.GetValue(_output)!, parsed.GetValue(_cupl), cancellationToken);
        if (server.Note is { } note)
        {
            Console.Error.WriteLine(note);
        }

        return code;
    }

    private static int Write(
        PromptWriter writer,
        PromptWriterSettings settings,
        IReadOnlyList<string> labels,
        string output,
        bool asCupl,
        CancellationToken cancellationToken
    )
    {
        string journal = output + ".journal";
        if (File.Exists(output) && !File.Exists(journal))
        {
            throw new IOException(
                $"'{output}' is there already, and no journal beside it that would say that it is this run's; name another "
                    + "output."
            );
        }

        WrittenPrompts written = WorkProgress.Items("Asking", writer.CountAnswers(labels), progress =>
            writer.WriteAsync(labels, journal, progress, cancellationToken).GetAwaiter().GetResult()
        );
        if (asCupl)
        {
            written.Prompts.WriteCupl(output);
        }
        else
        {
            written.Prompts.Write(output);
        }

        Console.Error.WriteLine($"Wrote {written.Prompts.PromptCount} prompts for {labels.Count} labels to {output}.");
        if (written.Dropped.Count > 0)
        {
            Console.Error.WriteLine(
                $"{written.Dropped.Count} {(written.Dropped.Count == 1 ? "answer" : "answers")} had no whole sentence, and "
                    + $"{(written.Dropped.Count == 1 ? "is" : "are")} left out."
            );
        }

        string[] without = [.. labels.Where(label => written.Prompts[label].IsEmpty)];
        if (without.Length == 0)
        {
            return ExitCode.Done;
        }

        string shown = string.Join(", ", without.Take(MostShown).Select(static label => $"'{label}'"));
        string more = without.Length > MostShown ? $" and {without.Length - MostShown} more labels" : "";
        Console.Error.WriteLine(
            $"There is no prompt at all for {shown}{more}: no answer came to the end of a sentence. Where a model thinks before "
                + "it answers, "
                + $"--max-tokens {settings.MaxTokens} may be too small; run the command again with more, and only what is "
                + "missing is asked."
        );
        return ExitCode.SomeFailed;
    }

    private static KeyValuePair<string, string> ReadArticle(string text) =>
        text.LastIndexOf('=') is >= 0 and int equals
            ? new(text[..equals].Trim(), text[(equals + 1)..].Trim())
            : throw new ArgumentException(
                $"--article {text} says no article; write the label, an equals sign and a, an, the or nothing."
            );
}
