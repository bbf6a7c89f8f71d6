using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Cupola.Files;
using Cupola.LanguageModels;
using Cupola.Prompts.Writing;
using Cupola.Questions;

namespace Cupola.Cli;

/// <summary>The options that say who makes statements of a question and its answers: rules, or a language model.</summary>
internal sealed class StatementOptions
{
    private readonly Option<string> _endpoint = new("--endpoint")
    {
        Description =
            "Have a language model write the statements: its server's address, which /chat/completions follows. Its key is in "
            + "OPENAI_API_KEY, for Azure in AZURE_OPENAI_API_KEY.",
        HelpName = "URL",
    };

    private readonly Option<string> _model = new("--llm")
    {
        Description = "The language model's name, as the server knows it.",
        HelpName = "NAME",
    };

    private readonly NumberOption<int> _maxTokens = new("--max-tokens", 1, 100_000)
    {
        Description = "The longest statement, in the language model's tokens.",
        HelpName = "N",
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description =
            "Where the language model's statements go, with their provenance; what it said goes to FILE.journal, from which the "
            + "next run goes on. Without it they are kept where CUPOLA_CACHE says.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_endpoint);
        command.Options.Add(_model);
        command.Options.Add(_maxTokens);
        command.Options.Add(_output);
    }

    /// <summary>The statements of each answer.</summary>
    public PromptSet Write(
        ParseResult parsed,
        string question,
        IReadOnlyList<string> answers,
        CancellationToken cancellationToken
    )
    {
        PromptSet byRules = QuestionRanker.State(question, answers);
        if (parsed.GetValue(_endpoint) is not { } endpoint)
        {
            return
                new Option[] { _model, _maxTokens, _output }.FirstOrDefault(option =>
                    parsed.GetResult(option) is { Implicit: false }
                )
                    is { } useless
                ? throw new ArgumentException($"{useless.Name} is about a language model; name its server by --endpoint too.")
                : byRules;
        }

        PromptWriterSettings settings = new()
        {
            Model = parsed.GetValue(_model)
                ?? throw new ArgumentException("--endpoint names a server; name its language model by --llm too."),
        };
        settings = parsed.GetValue(_maxTokens) is { } most ? settings with { MaxTokens = most } : settings;
        string output = parsed.GetValue(_output) ?? KeptAt(question, settings);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        using LanguageModelServer server = new(LanguageModelServer.ReadEndpoint(endpoint), settings.Model);
        WrittenStatements written = new StatementWriter(server, settings)
            .WriteAsync(question, answers, output + ".journal", cancellationToken)
            .GetAwaiter()
            .GetResult();
        written.Statements.Write(output);
        if (written.ByRules.Count > 0)
        {
            Console.Error.WriteLine(
                $"The language model wrote no statement of its own that holds the answer {ShortList.Join(written.ByRules)} in "
                    + $"{StatementWriter.MostAttempts} attempts; the rules' statements are used there."
            );
        }

        if (server.Note is { } note)
        {
            Console.Error.WriteLine(note);
        }

        return written.Statements;
    }

    /// <summary>One file a question and model, so that the same question is not asked twice.</summary>
    private static string KeptAt(string question, PromptWriterSettings settings) =>
        Path.Combine(
            UserCache.Folder("statements"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Model}\n{question}")))[..32] + ".json"
        );
}
