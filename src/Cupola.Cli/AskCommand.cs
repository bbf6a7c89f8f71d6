using System.CommandLine;
using Cupola.Files;
using Cupola.Questions;

namespace Cupola.Cli;

/// <summary><c>cupola ask</c>: ranks answers to a question about images.</summary>
internal sealed class AskCommand
{
    private readonly ModelOptions _model = new();

    private readonly Argument<string[]> _arguments = new("images question")
    {
        Description = "Files, folders, http(s) addresses, or - for paths on standard input; the question comes last.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _answers = new("--answers", "-a")
    {
        Description =
            "The answers to choose from, with commas between. Without them: yes and no, the two that the question names, or "
            + "those of its kind in the vocabulary.",
        HelpName = "a,b,c",
    };

    private readonly VocabularyOption _vocabulary = new();

    private readonly StatementOptions _statements = new();

    private readonly NumberOption<int> _top = new("--top", 1)
    {
        Description = "How many answers to show.",
        DefaultValueFactory = static _ => 5,
        HelpName = "K",
    };

    private readonly Option<bool> _orient = ImageArguments.CreateOrient();

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    public static Command Create() => new AskCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "ask",
            "Answer a question about images, by ranking answers. CLIP counts, reads and negates badly.",
            """
            cupola ask flag.png "What color is the disc?" --answers red,blue,yellow
            cupola ask street.jpg "What color is the car?" --answers red,blue,green --model openai/clip-vit-base-patch32
            cupola ask photos/ "Is there a dog?" --model openai/clip-vit-base-patch32 --format json > answers.jsonl
            cupola ask cat.jpg "Is the cat black or white?" --model openai/clip-vit-base-patch32
            cupola ask photos/ "What animal is this?" --vocabulary animals.txt --top 3 --model openai/clip-vit-base-patch32
            cupola ask street.jpg "What is the man doing?" --endpoint http://localhost:11434/v1 --llm llama3.2 -o statements.json
             --model openai/clip-vit-base-patch32
            """
        )
        {
            _arguments,
            _answers,
            _vocabulary,
            _top,
            _orient,
            _format,
        };
        _statements.AddTo(command);
        _model.AddTo(command);
        command.SetVerb(Run, static _ => "Stopped; the answers so far are whole.");
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        (string[] images, string question) = Split(parsed.GetValue(_arguments)!);
        int shown = _top.Read(parsed);
        IReadOnlyList<string> answers = ReadAnswers(parsed, question);
        // What is wrong with the answers is told before a model is loaded or asked.
        PromptSet statements = _statements.Write(parsed, question, answers, cancellationToken);
        if (answers.Count == 1)
        {
            Console.Error.WriteLine(
                $"There is one answer only, '{answers[0]}', so it is the best whatever an image shows; name others beside it."
            );
        }

        using ClipEmbedder embedder = _model.LoadForOneAnswer(parsed, cancellationToken);
        PromptOptions.WarnOfCutPrompts(statements, embedder.Tokenizer);
        QuestionRanker ranker = QuestionRanker.FromStatements(embedder, question, statements, cancellationToken);
        IAskWriter writer = AskWriter.Create(parsed.GetValue(_format), question);
        int failed = ImageArguments.Run("Asking", images, (paths, progress) =>
        {
            int unreadable = 0;
            foreach (
                EmbeddedImage image in embedder.EmbedImages(
                    paths.Select(ImageSource.FromPath),
                    parsed.GetValue(_orient),
                    cache: null,
                    cancellationToken
                )
            )
            {
                progress?.Report(1);
                if (image.Vector is null)
                {
                    unreadable++;
                    writer.WriteError(image.Path, image.Error!);
                    continue;
                }

                writer.Write(image.Path, [.. ranker.Rank(image.Vector).Take(shown)]);
            }

            Console.Out.Flush();
            return unreadable;
        });
        return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static (string[] Images, string Question) Split(string[] arguments) =>
        arguments switch
        {
            [_] => throw new ArgumentException(
                $"{TextFile.Quote(arguments[0])} is alone; name images first and the question last, as in: cupola ask car.jpg "
                    + "\"What color is the car?\""
            ),
            [.., { } last] when Path.Exists(last) => throw new ArgumentException(
                $"The question comes last, and {TextFile.Quote(last)} is a file or folder; write the question in quotation marks "
                    + "behind the images."
            ),
            [.. var images, { } question] => (images, question),
            _ => throw new ArgumentException("There is no image and no question."),
        };

    private IReadOnlyList<string> ReadAnswers(ParseResult parsed, string question)
    {
        if (parsed.GetValue(_answers) is { } named)
        {
            if (_vocabulary.IsNamed(parsed))
            {
                throw new ArgumentException("Name answers by --answers or by --vocabulary, not by both.");
            }

            List<string> fields = [];
            DelimitedFields.Split(named, ',', fields);
            return named.Trim().Length == 0 ? [] : [.. fields.Select(static field => field.Trim())];
        }

        AnswerVocabulary vocabulary = _vocabulary.Read(parsed);
        return vocabulary.Find(question) is { Count: > 0 } answers
            ? answers
            : throw new InvalidDataException(vocabulary.NoneFor(question));
    }
}
