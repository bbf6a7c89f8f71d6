using System.CommandLine;
using System.Globalization;
using Cupola.Evaluation;
using Cupola.FewShot;
using Cupola.Reports;

namespace Cupola.Cli;

/// <summary><c>cupola evaluate --examples</c>: what labeled examples add to prompts, over several draws of them.</summary>
internal sealed class ExampleEvaluation
{
    private readonly Option<string> _examples = new("--examples")
    {
        Description =
            "A labelled dataset to draw examples from: how much they add to each prompt set, in place of the comparison of sets.",
        HelpName = "DATASET",
    };

    private readonly Option<string> _shots = new("--shots")
    {
        Description = "With --examples, how many of each label are drawn.",
        DefaultValueFactory = static _ => "1,2,4,8,16",
        HelpName = "1,2,4",
    };

    private readonly NumberOption<int> _draws = new("--draws", 1, 1000)
    {
        Description = "With --examples, how often they are drawn.",
        DefaultValueFactory = static _ => 5,
        HelpName = "N",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_examples);
        command.Options.Add(_shots);
        command.Options.Add(_draws);
    }

    /// <summary>The dataset that examples are drawn from; null where none is named.</summary>
    public string? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_examples) is { } examples)
        {
            _ = Shots(parsed);
            return examples;
        }

        return parsed.GetResult(_shots) is { Implicit: false } || parsed.GetResult(_draws) is { Implicit: false }
            ? throw new ArgumentException("--shots and --draws say how examples are drawn; name a dataset of them by --examples.")
            : null;
    }

    /// <summary>Judges, and writes a line for each draw as it is done, and then the means.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="dataset">What the images that are answered for are called.</param>
    /// <param name="sets">What each prompt set is called, and its classifier.</param>
    /// <param name="pool">The images to draw from.</param>
    /// <param name="answered">The images that are answered for.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="page">A page to write as well.</param>
    /// <param name="cancellationToken">Stops between methods.</param>
    public void Run(
        ParseResult parsed,
        string dataset,
        IReadOnlyList<(string Prompts, ZeroShotClassifier Classifier)> sets,
        EmbeddedDataset pool,
        EmbeddedDataset answered,
        OutputFormat format,
        string? page,
        CancellationToken cancellationToken
    )
    {
        int[] shots = Shots(parsed);
        int draws = _draws.Read(parsed),
            labels = sets[0].Classifier.Labels.Count;
        ExampleDraws drawing = new(pool, labels);
        IReadOnlyDictionary<int, int[]> same = drawing.SameBytes(answered);
        TellDuplicates(same, drawing.CountNearlySame(answered, same.Keys.ToHashSet()));
        TellOfFew(pool, labels, shots);
        HashSet<string> told = new(StringComparer.Ordinal);
        List<FewShotCurve> curves = [];
        foreach ((string prompts, ZeroShotClassifier classifier) in sets)
        {
            FewShotEvaluation evaluation = new(classifier, pool, answered, drawing, same);
            ExampleWriter writer = new(format, sets.Count == 1 ? null : prompts);
            writer.WriteAlone(evaluation);
            List<FewShotScore> scores = WorkProgress.Items("Drawing examples", shots.Length * draws, progress =>
            {
                List<FewShotScore> all = [];
                foreach (int count in shots)
                {
                    for (int draw = 1; draw <= draws; draw++)
                    {
                        foreach (FewShotScore score in evaluation.Judge(count, draw, cancellationToken))
                        {
                            all.Add(score);
                            writer.Write(score);
                        }

                        progress?.Report(1);
                    }
                }

                return all;
            });
            if (scores.Count == 0)
            {
                throw new InvalidDataException(
                    $"Each image of {dataset} is an example too, so that none is left to judge by; name other images, or "
                        + "draw fewer."
                );
            }

            foreach (string note in evaluation.Notes.Where(told.Add))
            {
                Console.Error.WriteLine(note);
            }

            TellOfNone(shots, scores);
            curves.Add(new(prompts, evaluation, evaluation.Summarize(scores)));
            writer.Write(curves[^1].Means);
        }

        if (page is not null)
        {
            FewShotReport.Write(page, dataset, curves, ExampleOptions.Name);
        }
    }

    private int[] Shots(ParseResult parsed)
    {
        string text = parsed.GetValue(_shots)!;
        int[] shots =
        [
            .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(static part =>
                    int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0
                )
                .Distinct()
                .Order(),
        ];
        return shots.Length > 0 && shots[0] > 0
            ? shots
            : throw new ArgumentException(
                $"--shots names numbers of examples with commas between, as in 1,2,4, and not '{text}'."
            );
    }

    private static void TellDuplicates(IReadOnlyDictionary<int, int[]> same, int nearlySame)
    {
        if (same.Count > 0)
        {
            Console.Error.WriteLine(
                $"{NumberFormat.Count(same.Count, "image")} to judge by can be drawn as an example too, byte for byte the same; "
                    + "where that happens, the draw is judged without it."
            );
        }

        if (nearlySame > 0)
        {
            Console.Error.WriteLine(
                $"{NumberFormat.Count(nearlySame, "image")} to judge by can be drawn nearly the same (cosine 0.995 or more), so "
                    + "results may be better than on new images."
            );
        }
    }

    private static void TellOfNone(int[] shots, List<FewShotScore> scores)
    {
        foreach (int count in shots.Except(scores.Select(static score => score.Shots)))
        {
            Console.Error.WriteLine($"With --shots {count} each image is an example too, so that none is left to judge by.");
        }
    }

    private static void TellOfFew(EmbeddedDataset pool, int labels, int[] shots)
    {
        int[] counts = new int[labels];
        foreach (int truth in pool.Truths)
        {
            counts[truth]++;
        }

        int few = counts.Count(count => count < shots[^1]);
        if (few > 0)
        {
            Console.Error.WriteLine(
                $"{NumberFormat.Count(few, "label")} of {labels} have fewer than {shots[^1]} images to draw from, "
                    + $"{counts.Count(static count => count == 0)} have none; such a label gives all that it has."
            );
        }
    }
}
