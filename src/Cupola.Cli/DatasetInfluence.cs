using System.CommandLine;
using System.Globalization;
using Cupola.Evaluation;
using Cupola.Explanation;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>What each prompt does to the answers on labeled images: every one is left out once.</summary>
internal sealed class DatasetInfluence(ModelOptions model, PromptOptions prompts, WeightsOption weights)
{
    /// <summary>How many prompts that do harm, and how many that help, a person sees.</summary>
    private const int Shown = 12;

    private readonly LabeledDatasetOption _dataset = new(
        "--dataset",
        "Labelled images instead (as for evaluate): leave each prompt out once, and say what that does to the answers."
    );

    public void AddTo(Command command) => _dataset.AddTo(command);

    public bool IsNamed(ParseResult parsed) => _dataset.IsNamed(parsed);

    /// <summary>Measures and writes.</summary>
    public int Run(ParseResult parsed, OutputFormat format, CancellationToken cancellationToken)
    {
        ClassEnsemble ensemble = prompts.Ensemble(parsed);
        PromptWeighting weighting = weights.Read(parsed, ensemble);
        LabeledDataset dataset = _dataset.Open(parsed, prompts.Labels(parsed))!;
        PromptSet set = prompts.Read(parsed, dataset.Labels);
        RequireSeveral(set);
        using ClipEmbedder embedder = model.Load(parsed, cancellationToken);
        EmbeddedDataset images = _dataset.Embed(parsed, dataset, embedder, cancellationToken);
        EncodedPrompts encoded = PromptOptions.Encode(embedder, set, cancellationToken);
        PromptInfluence influence = new(encoded, ensemble, PromptWeights.Create(weighting, encoded, images.Embeddings));
        IReadOnlyList<PromptEffect> effects = WorkProgress.Items("Leaving prompts out", set.PromptCount, progress =>
            influence.LeaveOneOut(images.Embeddings, images.Truths, progress, cancellationToken)
        );
        Write(effects, images.Truths.Count, format);
        return images.Failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    /// <summary>Says of how many labels the only prompt cannot be left out.</summary>
    private static void RequireSeveral(PromptSet set)
    {
        int alone = set.ClassNames.Count(name => set[name].Length == 1);
        if (alone == set.ClassNames.Count)
        {
            throw new ArgumentException(
                "Every label has one prompt only, and none can be left out; name several, as by --templates imagenet-7 or "
                    + "--prompts FILE."
            );
        }

        if (alone > 0)
        {
            Console.Error.WriteLine(
                $"{alone} {(alone == 1 ? "label has" : "labels have")} one prompt only, which cannot be left out."
            );
        }
    }

    private static void Write(IReadOnlyList<PromptEffect> effects, int images, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                foreach (PromptEffect effect in effects)
                {
                    Output.WriteJson(
                        new
                        {
                            effect.Label,
                            Prompt = effect.Prompt.Text,
                            effect.Right,
                            effect.LogLikelihood,
                            Pictures = images,
                        }
                    );
                }

                break;
            case OutputFormat.Csv:
                CsvOutput rows = new("label", "prompt", "right", "logLikelihood", "pictures");
                foreach (PromptEffect effect in effects)
                {
                    rows.Write(effect.Label, effect.Prompt.Text, effect.Right, effect.LogLikelihood, images);
                }

                break;
            default:
                WriteTables(effects, images);
                break;
        }
    }

    private static void WriteTables(IReadOnlyList<PromptEffect> effects, int images)
    {
        PromptEffect[] ordered = [.. effects.OrderBy(static effect => effect.LogLikelihood)];
        PromptEffect[] harmful = [.. ordered.TakeWhile(static effect => effect.LogLikelihood < 0)],
            helpful = [.. ordered.Reverse().TakeWhile(static effect => effect.LogLikelihood > 0)];
        Console.Out.WriteLine(
            $"{effects.Count} prompts, each left out once, on {images} images: {helpful.Length} help, {harmful.Length} do harm."
        );
        Console.Out.WriteLine(
            "right: how many more images are answered rightly with the prompt. log-likelihood: by how many thousandths of a nat "
                + "it makes the right labels more probable, on average."
        );
        WriteTable("The most harmful", harmful);
        WriteTable("The most helpful", helpful);
        if (Math.Max(harmful.Length, helpful.Length) > Shown)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine(
                "--format json and csv have them all. What is chosen by these images is to be judged by others."
            );
        }
    }

    private static void WriteTable(string heading, PromptEffect[] effects)
    {
        if (effects.Length == 0)
        {
            return;
        }

        Console.Out.WriteLine();
        Console.Out.WriteLine(heading);
        TextTable.Write(
            ["#right", "#log-likelihood", "label", "prompt"],
            [
                .. effects
                    .Take(Shown)
                    .Select(static effect =>
                        (IReadOnlyList<string>)
                            [
                                effect.Right.ToString("+0;−0;0", CultureInfo.InvariantCulture),
                                (effect.LogLikelihood * 1000).ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture),
                                effect.Label,
                                effect.Prompt.Text.ReplaceLineEndings(" "),
                            ]
                    ),
            ]
        );
    }
}
