using System.CommandLine;
using System.Globalization;
using Cupola.Embedding;
using Cupola.Prompts;
using Cupola.ZeroShot;
using Spectre.Console;

namespace Cupola.Cli;

/// <summary><c>cupola classify</c>: zero-shot classification.</summary>
internal static class ClassifyCommand
{
    /// <summary>The answer below the threshold.</summary>
    private const string NoneOfThese = "none of these";

    public static Command Create()
    {
        ModelOptions model = new();
        PromptOptions prompts = new();
        Argument<string[]> pictures = new("pictures")
        {
            Description = "Files, folders, http(s) addresses, or - for paths on standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<int> top = new("--top") { Description = "How many labels to show.", DefaultValueFactory = static _ => 5, HelpName = "K" };
        Option<float?> threshold = new("--threshold") { Description = $"Below this probability the answer is \"{NoneOfThese}\".", HelpName = "T" };
        Option<bool> orient = new("--orient") { Description = "Turn pictures as their EXIF orientation says (the reference does not)." };
        Option<OutputFormat> format = Output.CreateOption();
        ExampledCommand command = new("classify", "Say what is in pictures.",
            """
            cupola classify dog.jpg --labels "dog,cat,horse" --model openai/clip-vit-base-patch32
            cupola classify photos/ --labels-file birds.txt --templates imagenet-7 --top 1 --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --model openai/clip-vit-base-patch32 --format json > answers.jsonl
            """)
        { pictures, top, threshold, orient, format };
        model.AddTo(command);
        prompts.AddTo(command);
        command.SetVerb((parsed, cancellation) =>
        {
            int shown = parsed.GetValue(top);
            if (shown < 1)
            {
                throw new ArgumentException($"--top {shown} shows nothing; name at least 1.");
            }

            // The command line is checked whole before a model is loaded.
            PromptSet set = prompts.Read(parsed);
            ClassEnsemble ensemble = prompts.Ensemble(parsed);
            using ClipEmbedder embedder = model.Load(parsed, cancellation);
            PromptOptions.WarnOfCutPrompts(set, embedder.Tokenizer);
            ZeroShotClassifier classifier = WorkProgress.Items(
                "Encoding prompts", set.PromptCount, progress => ZeroShotClassifier.Create(embedder, set, ensemble, progress, cancellation));

            IClassificationWriter writer = parsed.GetValue(format) switch
            {
                OutputFormat.Json => new JsonClassifications(),
                OutputFormat.Csv => new CsvClassifications(),
                _ => new TableClassifications(),
            };
            return PictureArguments.Run("Classifying", parsed.GetValue(pictures)!, (paths, progress) =>
                Run(embedder.EmbedPictures(paths, parsed.GetValue(orient), cancellation), classifier, shown, parsed.GetValue(threshold), writer, progress));
        });
        return command;
    }

    private static int Run(
        IEnumerable<EmbeddedPicture> pictures, ZeroShotClassifier classifier, int top, float? threshold, IClassificationWriter writer, Action<int>? progress)
    {
        int failed = 0;
        try
        {
            foreach (EmbeddedPicture picture in pictures)
            {
                progress?.Invoke(1);
                if (picture.Embedding is null)
                {
                    failed++;
                    writer.WriteError(picture.Path, picture.Error!);
                    continue;
                }

                Prediction[] best = [.. classifier.Classify(picture.Embedding).Take(top)];
                string? answer = threshold is null ? null : best[0].Probability < threshold ? NoneOfThese : best[0].Label;
                writer.Write(picture.Path, best, answer);
            }
        }
        finally
        {
            writer.Finish();
        }

        return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    /// <summary>How answers are written, for a person or a program.</summary>
    private interface IClassificationWriter
    {
        void Write(string image, Prediction[] best, string? answer);

        void WriteError(string image, string error);

        void Finish();
    }

    private sealed class JsonClassifications : IClassificationWriter
    {
        public void Write(string image, Prediction[] best, string? answer)
        {
            if (answer is null)
            {
                Output.WriteJson(new { image, predictions = best });
            }
            else
            {
                Output.WriteJson(new { image, answer, predictions = best });
            }
        }

        public void WriteError(string image, string error)
        {
            Output.WriteJson(new { image, error });
            Console.Error.WriteLine(error);
        }

        public void Finish() => Console.Out.Flush();
    }

    private sealed class CsvClassifications : IClassificationWriter
    {
        private bool _begun;

        public void Write(string image, Prediction[] best, string? answer)
        {
            Begin();
            foreach ((int rank, Prediction prediction) in best.Index())
            {
                Output.WriteCsv(
                    image, (rank + 1).ToString(CultureInfo.InvariantCulture), rank == 0 && answer is not null ? answer : prediction.Label,
                    prediction.Probability.ToString(CultureInfo.InvariantCulture), prediction.Cosine.ToString(CultureInfo.InvariantCulture), "");
            }
        }

        public void WriteError(string image, string error)
        {
            Begin();
            Output.WriteCsv(image, "", "", "", "", error);
            Console.Error.WriteLine(error);
        }

        public void Finish() => Console.Out.Flush();

        private void Begin()
        {
            if (!_begun)
            {
                _begun = true;
                Output.WriteCsv("image", "rank", "label", "probability", "cosine", "error");
            }
        }
    }

    /// <summary>A block a picture: its name, then its labels with a bar each.</summary>
    private sealed class TableClassifications : IClassificationWriter
    {
        private const int BarWidth = 24;

        public void Write(string image, Prediction[] best, string? answer)
        {
            AnsiConsole.MarkupLine(answer is null ? $"[bold]{Markup.Escape(image)}[/]" : $"[bold]{Markup.Escape(image)}[/]: {Markup.Escape(answer)}");
            int width = best.Max(static prediction => prediction.Label.Length);
            foreach (Prediction prediction in best)
            {
                string bar = new('█', (int)MathF.Round(prediction.Probability * BarWidth));
                string percent = (prediction.Probability * 100).ToString("0.00", CultureInfo.InvariantCulture).PadLeft(6);
                Console.Out.WriteLine($"  {prediction.Label.PadRight(width)}  {percent} %  {bar}".TrimEnd());
            }
        }

        public void WriteError(string image, string error) => Console.Error.WriteLine(error);

        public void Finish() => Console.Out.Flush();
    }
}
