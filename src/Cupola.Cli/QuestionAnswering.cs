using Cupola.Questions;
using Cupola.Reports;

namespace Cupola.Cli;

/// <summary><c>cupola evaluate --questions</c>: VQA accuracy, beside two answerers that see no image.</summary>
internal static class QuestionAnswering
{
    /// <summary>VQA has 65 types of questions; a person reads fewer.</summary>
    private const int MostTypesShown = 20;

    private const string Limits =
        "Answers are ranked by an image's likeness to sentences. CLIP counts, reads, negates and tells left from right hardly "
        + "better than chance, so that yes/no and number often stay below the baselines.";

    private static readonly (Answerer Answerer, string Name, string Words)[] Answerers =
    [
        (Answerer.Model, "model", "the model"),
        (Answerer.MostFrequent, "mostFrequent", "most frequent of the type"),
        (Answerer.NoImage, "noImage", "the texts alone"),
    ];

    public static int Write(string dataset, QuestionEvaluation evaluation, OutputFormat format)
    {
        foreach (string failure in evaluation.Failed)
        {
            Console.Error.WriteLine(FailureSentence.Write(failure));
        }

        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(dataset, evaluation);
                break;
            case OutputFormat.Csv:
                CsvOutput table = new("answerer", "group", "name", "questions", "accuracy", "low", "high");
                foreach (Row row in Rows(evaluation))
                {
                    MeanAccuracy found = row.Accuracy;
                    table.Write(
                        row.Name,
                        row.Group,
                        row.Type,
                        found.Questions,
                        found.Mean,
                        found.Interval.Low,
                        found.Interval.High
                    );
                }

                break;
            default:
                WriteTable(dataset, evaluation);
                break;
        }

        return evaluation.Failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static void WriteJson(string dataset, QuestionEvaluation evaluation)
    {
        Output.WriteJson(
            new
            {
                dataset,
                questions = evaluation.Outcomes.Count,
                failed = evaluation.Failed.Count,
                reachable = evaluation.Reachable,
            }
        );
        foreach (Row row in Rows(evaluation))
        {
            Output.WriteJson(
                new
                {
                    answerer = row.Name,
                    group = row.Group,
                    name = row.Type,
                    questions = row.Accuracy.Questions,
                    accuracy = row.Accuracy.Mean,
                    low = row.Accuracy.Interval.Low,
                    high = row.Accuracy.Interval.High,
                }
            );
        }

        foreach ((Answerer answerer, string name, _) in Answerers.Skip(1))
        {
            PairedMeans test = evaluation.Compare(answerer);
            Output.WriteJson(
                new
                {
                    first = Answerers[0].Name,
                    second = name,
                    difference = test.Difference,
                    low = test.Interval.Low,
                    high = test.Interval.High,
                    p = test.P,
                }
            );
        }
    }

    private static void WriteTable(string dataset, QuestionEvaluation evaluation)
    {
        Console.Out.WriteLine(
            $"{dataset}: {NumberFormat.Count(evaluation.Outcomes.Count, "question")}. The best of the answers to choose from "
                + $"would have {NumberFormat.Points(evaluation.Reachable)} percent."
        );
        Console.Out.WriteLine();
        Row[] rows = [.. Rows(evaluation)];
        TextTable.Write(
            ["questions", "#number", .. Answerers.Select(static each => $"#{each.Words}"), "#interval of the model"],
            [
                .. rows.Where(static row => row.Answerer == Answerer.Model)
                    .Take(1 + evaluation.Types(static question => question.AnswerType).Count + MostTypesShown)
                    .Select(row =>
                        (IReadOnlyList<string>)
                            [
                                row.Type,
                                NumberFormat.Count(row.Accuracy.Questions),
                                .. rows.Where(other => other.Group == row.Group && other.Type == row.Type)
                                    .Select(static other => NumberFormat.Points(other.Accuracy.Mean)),
                                NumberFormat.PointsRange(row.Accuracy.Interval.Low, row.Accuracy.Interval.High),
                            ]
                    ),
            ]
        );
        Console.Out.WriteLine();
        foreach ((Answerer answerer, _, string words) in Answerers.Skip(1))
        {
            PairedMeans test = evaluation.Compare(answerer);
            Console.Out.WriteLine(
                $"The model against {words}: {NumberFormat.Difference(test.Difference)} points "
                    + $"({NumberFormat.DifferenceRange(test.Interval.Low, test.Interval.High)}), p {NumberFormat.PValue(test.P)}."
            );
        }

        Console.Out.WriteLine(Limits);
    }

    /// <summary>All questions, each type of answer, each type of question; of each the answerers in order.</summary>
    private static IEnumerable<Row> Rows(QuestionEvaluation evaluation)
    {
        (string Group, string Type, Func<VisualQuestion, bool>? Chosen)[] groups =
        [
            ("all", "all", null),
            .. evaluation
                .Types(static question => question.AnswerType)
                .Select(type => ("answerType", type, (Func<VisualQuestion, bool>?)(question => question.AnswerType == type))),
            .. evaluation
                .Types(static question => question.QuestionType)
                .Select(type => ("questionType", type, (Func<VisualQuestion, bool>?)(question => question.QuestionType == type))),
        ];
        return groups.SelectMany(group =>
            Answerers.Select(each => new Row(
                each.Answerer,
                each.Name,
                group.Group,
                group.Type,
                evaluation.Accuracy(each.Answerer, group.Chosen)
            ))
        );
    }

    private sealed record Row(Answerer Answerer, string Name, string Group, string Type, MeanAccuracy Accuracy);
}
