using System.CommandLine;
using Cupola.Explanation;

namespace Cupola.Cli;

/// <summary><c>cupola classify</c>: zero-shot classification.</summary>
internal static class ClassifyCommand
{
    /// <summary>How many prompts a page names for an answer, and how many against.</summary>
    private const int ArgumentsShown = 6;

    public static Command Create()
    {
        ModelOptions model = new();
        ClassifierOptions options = new();
        Argument<string[]> images = new("images")
        {
            Description = "Files, folders, http(s) addresses, or - for paths on standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        NumberOption<int> top = new("--top", 1)
        {
            Description = "How many labels to show.",
            DefaultValueFactory = static _ => 5,
            HelpName = "K",
        };
        Option<bool> orient = new("--orient")
        {
            Description = "Turn images as their EXIF orientation says (the reference does not).",
        };
        PageOption explain = new(
            "--explain",
            "Write a page that shows each image and the prompts that spoke for and against its label."
        );
        Option<OutputFormat> format = Output.CreateOption();
        CommandWithExamples command = new(
            "classify",
            "Say what is in images.",
            """
            cupola classify flag.png --prompts flags.json --by-name "a photo of the flag of {}."
            cupola classify dog.jpg --labels "dog,cat,horse" --model openai/clip-vit-base-patch32
            cupola classify photos/ --labels-file birds.txt --templates imagenet-7 --top 1 --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --model openai/clip-vit-base-patch32 --format json > answers.jsonl
            cupola classify frog.jpg --prompts cupl.json --explain why.html --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --weights zpe --model openai/clip-vit-base-patch32
            cupola classify photos/ --prompts cupl.json --calibrate labelled/ --save-classifier birds.safetensors
             --model openai/clip-vit-base-patch32
            cupola classify photos/ --classifier birds.safetensors --threshold 0.7 --model openai/clip-vit-base-patch32
            cupola classify street.jpg --labels "car,bicycle,dog" --multi-label --model openai/clip-vit-base-patch32
            """
        )
        {
            images,
            top,
            orient,
        };
        explain.AddTo(command);
        command.Options.Add(format);
        model.AddTo(command);
        options.AddTo(command);
        command.SetVerb(
            (parsed, cancellation) =>
            {
                int shown = top.Read(parsed);
                string? page = explain.Read(parsed);
                Func<ClipEmbedder, EmbeddedImages?, CancellationToken, ImageClassifier> read = options.Read(
                    parsed,
                    explained: page is not null
                );
                Func<ClipEmbedder, IReadOnlyList<string>, ZeroShotClassifier>? readByName = options.ReadByName(parsed);
                using ClipEmbedder embedder = model.Load(parsed, cancellation);
                string[] named = parsed.GetValue(images)!;
                EmbeddedImages? known = options.LearnsFromImages(parsed) ? EmbeddedImages.Embed(named, Embed) : null;
                ImageClassifier classifier = read(embedder, known, cancellation);
                ZeroShotClassifier? byName = readByName?.Invoke(embedder, classifier.Labels);
                IClassificationWriter writer = parsed.GetValue(format) switch
                {
                    OutputFormat.Json => new JsonClassifications(),
                    OutputFormat.Csv => new CsvClassifications(),
                    _ => new TableClassifications(),
                };
                List<ExplainedAnswer> explained = [];
                int classified = 0;
                int failed = known is not null
                    ? Run(known.Images, classifier, byName, shown, writer, explained, ref classified, progress: null)
                    : ImageArguments.Run("Classifying", named, (paths, progress) =>
                        Run(Embed(paths), classifier, byName, shown, writer, explained, ref classified, progress)
                    );
                if (page is not null)
                {
                    ClassificationReport.Write(page, explained, classified - explained.Count, parsed.GetValue(orient));
                }

                return failed + classifier.Failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;

                IEnumerable<EmbeddedImage> Embed(IEnumerable<string> paths) =>
                    embedder.EmbedImages(paths.Select(ImageSource.FromPath), parsed.GetValue(orient), cache: null, cancellation);
            },
            static _ => "Stopped; the answers so far are whole."
        );
        return command;
    }

    /// <summary>How many images could not be read; the first answers are explained, all are counted.</summary>
    private static int Run(
        IEnumerable<EmbeddedImage> images,
        ImageClassifier classifier,
        ZeroShotClassifier? byName,
        int top,
        IClassificationWriter writer,
        List<ExplainedAnswer> explained,
        ref int classified,
        Action<int>? progress
    )
    {
        int failed = 0;
        try
        {
            foreach (EmbeddedImage image in images)
            {
                progress?.Invoke(1);
                if (image.Vector is null)
                {
                    failed++;
                    writer.WriteError(image.Path, image.Error!);
                    continue;
                }

                var (predictions, answer, answers) = classifier.Classify(image.Vector);
                IReadOnlyList<Prediction>? named = byName is null ? null : [.. byName.Classify(image.Vector).Take(top)];
                writer.Write(new(image.Path, predictions, top, answer, answers, named));
                classified++;
                if (classifier.Influence is not null && explained.Count < ClassificationReport.MostImages)
                {
                    explained.Add(
                        new(
                            image.Path,
                            [.. predictions.Take(top)],
                            PromptAttributions.Compute(classifier.Influence, predictions, image.Vector, ArgumentsShown)
                        )
                    );
                }
            }
        }
        finally
        {
            Console.Out.Flush();
        }

        return failed;
    }
}
