using Cupola.Reports;

namespace Cupola.Cli;

/// <summary>How ranked answers are written, for a person or a program.</summary>
internal interface IAskWriter
{
    void Write(string image, IReadOnlyList<RankedAnswer> answers);

    void WriteError(string image, string error);
}

/// <summary>The three ways.</summary>
internal static class AskWriter
{
    public static IAskWriter Create(OutputFormat format, string question) =>
        format switch
        {
            OutputFormat.Json => new JsonAnswers(question),
            OutputFormat.Csv => new CsvAnswers(question),
            _ => new TableAnswers(),
        };
}

/// <summary>One object an image.</summary>
internal sealed class JsonAnswers(string question) : IAskWriter
{
    public void Write(string image, IReadOnlyList<RankedAnswer> answers) =>
        Output.WriteJson(
            new
            {
                image,
                question,
                answers = answers.Select(static answer => new
                {
                    answer.Answer,
                    answer.Probability,
                    cosine = answer.Score,
                    answer.Statements,
                    statement = answer.Statements[0],
                }),
            }
        );

    public void WriteError(string image, string error)
    {
        Output.WriteJson(
            new
            {
                image,
                question,
                error,
            }
        );
        Console.Error.WriteLine(error);
    }
}

/// <summary>One row an image and answer.</summary>
internal sealed class CsvAnswers(string question) : IAskWriter
{
    private readonly CsvOutput _rows = new("image", "question", "rank", "answer", "probability", "cosine", "statement", "error");

    public void Write(string image, IReadOnlyList<RankedAnswer> answers)
    {
        foreach ((int place, RankedAnswer answer) in answers.Index())
        {
            _rows.Write(image, question, place + 1, answer.Answer, answer.Probability, answer.Score, answer.Statements[0], null);
        }
    }

    public void WriteError(string image, string error)
    {
        _rows.Write(image, question, null, null, null, null, null, error);
        Console.Error.WriteLine(error);
    }
}

/// <summary>A block an image: its name and best answer, then the answers with their plainest statements.</summary>
internal sealed class TableAnswers : IAskWriter
{
    public void Write(string image, IReadOnlyList<RankedAnswer> answers)
    {
        TextTable.WriteName(image, answers[0].Answer);
        TextTable.Write(
            ["answer", "#in percent", "statement"],
            [
                .. answers.Select(static answer =>
                    (IReadOnlyList<string>)[answer.Answer, NumberFormat.Points(answer.Probability), answer.Statements[0]]
                ),
            ]
        );
    }

    public void WriteError(string image, string error) => Console.Error.WriteLine(error);
}
