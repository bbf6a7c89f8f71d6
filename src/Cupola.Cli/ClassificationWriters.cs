using System.Globalization;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>What is said of one image.</summary>
/// <param name="Image">The file or address.</param>
/// <param name="Labels">All labels, the best first.</param>
/// <param name="Top">How many of them are shown.</param>
/// <param name="Answer">The one label that is the answer, where a threshold decides whether there is one.</param>
/// <param name="Answers">All labels that are in the image, where there may be several.</param>
/// <param name="ByName">The best labels by their names alone, where that is asked for as well.</param>
internal sealed record ImageAnswer(
    string Image,
    IReadOnlyList<Prediction> Labels,
    int Top,
    string? Answer,
    IReadOnlyList<string>? Answers,
    IReadOnlyList<Prediction>? ByName
)
{
    /// <summary>The labels that are shown.</summary>
    public IReadOnlyList<Prediction> Predictions { get; } = [.. Labels.Take(Top)];

    /// <summary>What a person reads behind the image's name; nothing where the best label speaks for itself.</summary>
    public string? Spoken =>
        Answer
        ?? (
            Answers is null ? null
            : Answers.Count == 0 ? ImageLabels.NoneOfThese
            : string.Join(", ", Answers)
        );
}

/// <summary>How answers are written, for a person or a program.</summary>
internal interface IClassificationWriter
{
    void Write(ImageAnswer answer);

    void WriteError(string image, string error);
}

/// <summary>The three ways.</summary>
internal static class ClassificationWriter
{
    public static IClassificationWriter Create(OutputFormat format) =>
        format switch
        {
            OutputFormat.Json => new JsonClassifications(),
            OutputFormat.Csv => new CsvClassifications(),
            _ => new TableClassifications(),
        };
}

/// <summary>One object an image.</summary>
internal sealed class JsonClassifications : IClassificationWriter
{
    public void Write(ImageAnswer answer)
    {
        Dictionary<string, object> line = new() { ["image"] = answer.Image };
        if (answer.Answer is not null)
        {
            line["answer"] = answer.Answer;
        }

        if (answer.Answers is not null)
        {
            line["answers"] = answer.Answers;
        }

        line["predictions"] = answer.Predictions.Select(Row);
        if (answer.ByName is not null)
        {
            line["byName"] = answer.ByName.Select(Row);
        }

        Output.WriteJson(line);
    }

    public void WriteError(string image, string error)
    {
        Output.WriteJson(new { image, error });
        Console.Error.WriteLine(error);
    }

    private static object Row(Prediction prediction) =>
        new
        {
            prediction.Label,
            prediction.Probability,
            Cosine = prediction.Score,
        };
}

/// <summary>One row an image and label, with the label's own numbers.</summary>
internal sealed class CsvClassifications : IClassificationWriter
{
    private readonly CsvOutput _rows = new("image", "rank", "label", "probability", "cosine", "answer", "by", "error");

    public void Write(ImageAnswer answer)
    {
        // Each answer has its row, also where fewer labels are shown.
        int rows = Math.Max(answer.Top, answer.Answers?.Count ?? 0);
        foreach ((int place, Prediction prediction) in answer.Labels.Take(rows).Index())
        {
            _rows.Write(
                answer.Image,
                place + 1,
                prediction.Label,
                prediction.Probability,
                prediction.Score,
                AnswerOf(answer, place),
                null,
                null
            );
        }

        foreach ((int place, Prediction prediction) in (answer.ByName ?? []).Index())
        {
            _rows.Write(
                answer.Image,
                place + 1,
                prediction.Label,
                prediction.Probability,
                prediction.Score,
                null,
                "by name",
                null
            );
        }
    }

    public void WriteError(string image, string error)
    {
        _rows.Write(image, null, null, null, null, null, null, error);
        Console.Error.WriteLine(error);
    }

    /// <summary>What a row answers: its own label where that is the answer or one of them, or that there is none.</summary>
    private static string? AnswerOf(ImageAnswer answer, int place)
    {
        bool isNone = answer.Answers is { } several ? several.Count == 0 : answer.Answer == ImageLabels.NoneOfThese;
        int answers = answer.Answers?.Count ?? 1;
        return isNone ? ImageLabels.NoneOfThese
            : place < answers ? answer.Labels[place].Label
            : null;
    }
}

/// <summary>A block an image: its name, then its labels with a bar each.</summary>
internal sealed class TableClassifications : IClassificationWriter
{
    private const int BarWidth = 24;

    public void Write(ImageAnswer answer)
    {
        TextTable.WriteName(answer.Image, answer.Spoken);
        int width = answer.Predictions.Concat(answer.ByName ?? []).Max(static prediction => prediction.Label.Length);
        if (answer.ByName is not null)
        {
            Console.Out.WriteLine("  by name alone");
            WriteBars(answer.ByName, width, "    ");
            Console.Out.WriteLine("  by what is said of each");
        }

        WriteBars(answer.Predictions, width, answer.ByName is null ? "  " : "    ");
    }

    public void WriteError(string image, string error) => Console.Error.WriteLine(error);

    private static void WriteBars(IReadOnlyList<Prediction> predictions, int width, string indent)
    {
        foreach (Prediction prediction in predictions)
        {
            string bar = new('█', (int)MathF.Round(prediction.Probability * BarWidth));
            string percent = (prediction.Probability * 100).ToString("0.00", CultureInfo.InvariantCulture).PadLeft(6);
            Console.Out.WriteLine($"{indent}{prediction.Label.PadRight(width)}  {percent} %  {bar}".TrimEnd());
        }
    }
}
