using Cupola.Data;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Questions;

/// <summary>
/// Reads a table of questions: columns <c>image</c>, <c>question</c>, <c>answer</c> and, if answers are to be chosen from,
/// <c>choices</c>; several answers in one field have bars between.
/// </summary>
internal static class QuestionTable
{
    private const int LongestLine = 1 << 16;

    private static readonly char[] Separators = [',', '\t', ';'];

    private static readonly TableColumn Question = new("question", "question");
    private static readonly TableColumn Answer = new("answer", "answer");
    private static readonly TableColumn Choices = new("choice", "choices", "answers", "options");

    /// <summary>Reads the table.</summary>
    public static QuestionDataset Read(QuestionImages images, string path)
    {
        List<VisualQuestion> questions = [];
        List<string> skipped = [];
        Columns? columns = null;
        foreach ((int index, string? line) in TextLines.Read(path, LongestLine).Index())
        {
            if (line is not null && string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (columns is null)
            {
                columns = Columns.Read(line ?? "", path);
                continue;
            }

            Row row = columns.Split(line ?? "");
            if (row.Problem is { } problem)
            {
                skipped.Add(Invariant($"{path}, line {index + 1}: {problem}; the line is passed over."));
            }
            else if (images.Find(row.Image) is { } file)
            {
                questions.Add(
                    new(file, row.Question, FirstWords(row.Question), TypeOf(row.Answers[0]), row.Answers, row.Choices)
                );
            }
        }

        return new(questions, [.. skipped, .. images.NotFound]);
    }

    /// <summary>The first two words, by which a table's questions are grouped.</summary>
    private static string FirstWords(string question) =>
        string.Join(' ', QuestionText.Normalize(question).ToLowerInvariant().Split(' ').Take(2));

    private static string TypeOf(string answer) =>
        QuestionKinds.OfAnswer(answer) switch
        {
            QuestionKind.YesNo => "yes/no",
            QuestionKind.Number => "number",
            _ => "other",
        };

    private sealed record Row(string Image, string Question, string[] Answers, string[]? Choices)
    {
        /// <summary>What is wrong with it, or null.</summary>
        public string? Problem =>
            Image.Length == 0 ? "it names no image"
            : Question.Length == 0 ? "it has no question"
            : Answers.Length == 0 || Answers.Any(static answer => answer.Length == 0) ? "it has an empty answer"
            : Choices is not null && Choices.Any(static answer => answer.Length == 0) ? "an answer to choose from is empty"
            : null;
    }

    private sealed record Columns(char Separator, int Image, int Question, int Answer, int Choices)
    {
        public static Columns Read(string line, string path)
        {
            (char Separator, List<string> Names) way = Separators
                .Select(separator =>
                {
                    List<string> names = [];
                    DelimitedFields.Split(line, separator, names);
                    return (separator, names);
                })
                .MaxBy(static way => way.names.Count);
            return new(
                way.Separator,
                TableColumn.Image.IndexAmong(way.Names, path),
                QuestionTable.Question.IndexAmong(way.Names, path),
                QuestionTable.Answer.IndexAmong(way.Names, path),
                QuestionTable.Choices.Find(way.Names)
            );
        }

        public Row Split(string line)
        {
            List<string> fields = [];
            DelimitedFields.Split(line, Separator, fields);
            string choices = Field(Choices);
            return new(
                Field(Image),
                Field(Question),
                Field(Answer).Split('|', StringSplitOptions.TrimEntries),
                choices.Length == 0
                    ? null
                    : [.. choices.Split('|', StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)]
            );

            string Field(int column) => column >= 0 && column < fields.Count ? fields[column].Trim() : "";
        }
    }
}
