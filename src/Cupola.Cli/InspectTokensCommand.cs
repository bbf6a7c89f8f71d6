using System.CommandLine;
using Cupola.Text;

namespace Cupola.Cli;

/// <summary><c>cupola inspect tokens</c>: what the model reads.</summary>
internal sealed class InspectTokensCommand
{
    private readonly ModelOptions _model = new();

    private readonly Argument<string[]> _texts = new("texts")
    {
        Description = "Texts, or - for one a line on standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    public static Command Create() => new InspectTokensCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "tokens",
            "Show the token ids of texts.",
            """
            cupola inspect tokens "a photo of a dog" --model openai/clip-vit-base-patch32
            cupola inspect tokens - --model openai/clip-vit-base-patch32 --format json < captions.txt
            """
        )
        {
            _texts,
            _format,
        };
        _model.AddTo(command);
        command.SetVerb(Run);
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        TextTokenizer tokenizer = ClipEmbedder.LoadTokenizer(_model.Path(parsed, cancellationToken));
        CsvOutput? rows = parsed.GetValue(_format) == OutputFormat.Csv ? new("text", "ids", "tokens", "truncated") : null;
        foreach (string text in TextArguments.Expand(parsed.GetValue(_texts)!))
        {
            TokenizedText tokenized = tokenizer.Encode(text);
            IReadOnlyList<string> tokens = tokenizer.Tokens(tokenized.Ids);
            switch (parsed.GetValue(_format))
            {
                case OutputFormat.Json:
                    Output.WriteJson(
                        new
                        {
                            text,
                            ids = tokenized.Ids,
                            tokens,
                            truncated = tokenized.IsTruncated,
                            cleaning = tokenizer.Cleaning,
                            paddingId = tokenizer.PaddingId,
                            contextLength = tokenizer.ContextLength,
                        }
                    );
                    break;
                case OutputFormat.Csv:
                    rows!.Write(text, string.Join(' ', tokenized.Ids), string.Join(' ', tokens), tokenized.IsTruncated);
                    break;
                default:
                    Console.Out.WriteLine(text);
                    Console.Out.WriteLine($"  {string.Join(' ', tokenized.Ids)}");
                    Console.Out.WriteLine($"  {string.Join(' ', tokens)}");
                    if (tokenizer.PaddingId is { } padding)
                    {
                        Console.Out.WriteLine($"  ({tokenizer.Cleaning}; then {padding} up to {tokenizer.ContextLength} tokens)");
                    }

                    break;
            }

            if (tokenized.IsTruncated)
            {
                Console.Error.WriteLine(
                    $"This text is longer than the {tokenizer.ContextLength} tokens that the model reads, and cut "
                        + $"there: \"{text[..Math.Min(text.Length, 60)]}…\"."
                );
            }
        }

        return ExitCode.Done;
    }
}
