using System.Globalization;
using Cupola.ZeroShot;
using Spectre.Console;

namespace Cupola.Cli;

/// <summary>What is said of one picture.</summary>
/// <param name="Image">The file or address.</param>
/// <param name="Predictions">The best labels.</param>
/// <param name="Answer">The one label that is the answer, where a threshold decides whether there is one.</param>
/// <param name="Answers">All labels that are in the picture, where there may be several.</param>
/// <param name="ByName">The best labels by their names alone, where that is asked for as well.</param>
internal sealed record PictureAnswer(string Image, IReadOnlyList<Prediction> Predictions, string? Answer, IReadOnlyList<string>? Answers, IReadOnlyList<Prediction>? ByName)
{
    /// <summary>The answer where no label is good enough.</summary>
    public const string NoneOfThese = "none of these";

    /// <summary>What a person reads behind the picture's name; nothing where the best label speaks for itself.</summary>
    public string? Spoken => Answer ?? (Answers is null ? null : Answers.Count == 0 ? NoneOfThese : string.Join(", ", Answers));
}

/// <summary>How answers are written, for a person or a program.</summary>
internal interface IClassificationWriter
{
    void Write(PictureAnswer answer);

    void WriteError(string image, string error);
}

/// <summary>One object a picture.</summary>
internal sealed class JsonClassifications : IClassificationWriter
{
    public void Write(PictureAnswer answer)
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

        line["predictions"] = answer.Predictions;
        if (answer.ByName is not null)
        {
            line["byName"] = answer.ByName;
        }

        Output.WriteJson(line);
    }

    public void WriteError(string image, string error)
    {
        Output.WriteJson(new { image, error });
        Console.Error.WriteLine(error);
    }
}

/// <summary>One row a picture and label.</summary>
internal sealed class CsvClassifications : IClassificationWriter
{
    private bool _begun;

    public void Write(PictureAnswer answer)
    {
        Begin();
        WriteRows(answer.Image, "", answer.Predictions, answer.Answer);
        WriteRows(answer.Image, "by name", answer.ByName ?? [], null);
    }

    public void WriteError(string image, string error)
    {
        Begin();
        Output.WriteCsv(image, "", "", "", "", "", error);
        Console.Error.WriteLine(error);
    }

    private void Begin()
    {
        if (!_begun)
        {
            _begun = true;
            Output.WriteCsv("image", "rank", "label", "probability", "cosine", "error", "by");
        }
    }

    private static void WriteRows(string image, string by, IReadOnlyList<Prediction> predictions, string? answer)
    {
        foreach ((int rank, Prediction prediction) in predictions.Index())
        {
            Output.WriteCsv(
                image, (rank + 1).ToString(CultureInfo.InvariantCulture), rank == 0 && answer is not null ? answer : prediction.Label,
                prediction.Probability.ToString(CultureInfo.InvariantCulture), prediction.Cosine.ToString(CultureInfo.InvariantCulture), "", by);
        }
    }
}

/// <summary>A block a picture: its name, then its labels with a bar each.</summary>
internal sealed class TableClassifications : IClassificationWriter
{
    private const int BarWidth = 24;

    public void Write(PictureAnswer answer)
    {
        string name = $"[bold]{Markup.Escape(answer.Image)}[/]";
        AnsiConsole.MarkupLine(answer.Spoken is null ? name : $"{name}: {Markup.Escape(answer.Spoken)}");
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
