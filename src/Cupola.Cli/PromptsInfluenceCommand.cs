using System.CommandLine;
using System.Globalization;
using Cupola.Explanation;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary><c>cupola prompts influence</c>: what each prompt did to the answers.</summary>
internal sealed class PromptsInfluenceCommand
{
    /// <summary>How many prompts of a label a person sees.</summary>
    private const int PromptsShown = 8;

    private readonly ModelOptions _model = new();

    private readonly PromptOptions _prompts = new();

    private readonly Argument<string[]> _images = ImageArguments.Create(ArgumentArity.ZeroOrMore);

    private readonly WeightsOption _weights = new();

    private readonly DatasetInfluence _ofDataset;

    private readonly NumberOption<int> _top = new("--top", 1)
    {
        Description = "Of how many labels, the best first, the prompts are shown.",
        DefaultValueFactory = static _ => 2,
        HelpName = "K",
    };

    private readonly Option<bool> _orient = ImageArguments.CreateOrient();

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    private PromptsInfluenceCommand() => _ofDataset = new(_model, _prompts, _weights);

    public static CommandWithExamples Create() => new PromptsInfluenceCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "influence",
            "Show what each prompt contributed to the scores of its label, or does on labelled images.",
            """
            cupola prompts influence frog.jpg --prompts cupl.json --labels "tree frog,tailed frog"
             --model openai/clip-vit-base-patch32
            cupola prompts influence photos/ --prompts cupl.json --top 1 --model openai/clip-vit-base-patch32 --format json
             > influence.jsonl
            cupola prompts influence --dataset birds/ --prompts cupl.json --model openai/clip-vit-base-patch32
            """
        )
        {
            _images,
            _top,
            _orient,
            _format,
        };
        _model.AddTo(command);
        _prompts.AddTo(command);
        _weights.AddTo(command);
        _ofDataset.AddTo(command);
        command.SetVerb(Run, static _ => "Stopped; what stands above is whole.");
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] named = parsed.GetValue(_images)!;
        if (named.Length > 0 == _ofDataset.IsNamed(parsed))
        {
            throw new ArgumentException(
                named.Length > 0
                    ? "Name images or a --dataset, not both."
                    : "There are no images; name some, or labelled ones by --dataset."
            );
        }

        if (_ofDataset.IsNamed(parsed))
        {
            return parsed.GetResult(_top) is { Implicit: false } || parsed.GetValue(_orient)
                ? throw new ArgumentException("--dataset measures all prompts on images as they are; omit --top and --orient.")
                : _ofDataset.Run(parsed, parsed.GetValue(_format), cancellationToken);
        }

        int shown = _top.Read(parsed);
        ClassEnsemble ensemble = _prompts.Ensemble(parsed);
        PromptWeighting weighting = _weights.Read(parsed, ensemble);
        PromptSet set = _prompts.Read(parsed);
        SingleLabel.Note(set.ClassNames);
        using ClipEmbedder embedder = _model.Load(parsed, cancellationToken);
        EmbeddedImages? known = weighting == PromptWeighting.Even ? null : EmbeddedImages.Embed(named, Embed);
        EncodedPrompts encoded = PromptOptions.Encode(embedder, set, cancellationToken);
        PromptWeights? learned = known is null ? null : PromptWeights.Create(weighting, encoded, known.Embeddings);
        ZeroShotClassifier classifier = ZeroShotClassifier.Create(encoded, ensemble, learned);
        PromptInfluence influence = new(encoded, ensemble, learned);
        IInfluenceWriter writer = parsed.GetValue(_format) switch
        {
            OutputFormat.Json => new JsonInfluence(),
            OutputFormat.Csv => new CsvInfluence(),
            _ => new TableInfluence(),
        };
        int failed = known is not null
            ? Run(known.Images, classifier, influence, shown, writer, progress: null)
            : ImageArguments.Run("Explaining", named, (paths, progress) =>
                Run(Embed(paths), classifier, influence, shown, writer, progress)
            );
        return failed == 0 ? ExitCode.Done : ExitCode.SomeFailed;

        IEnumerable<EmbeddedImage> Embed(IEnumerable<string> paths) =>
            embedder.EmbedImages(paths.Select(ImageSource.FromPath), parsed.GetValue(_orient), cache: null, cancellationToken);
    }

    /// <summary>How many images could not be read.</summary>
    private static int Run(
        IEnumerable<EmbeddedImage> images,
        ZeroShotClassifier classifier,
        PromptInfluence influence,
        int top,
        IInfluenceWriter writer,
        IProgress<int>? progress
    )
    {
        int failed = 0;
        foreach (EmbeddedImage image in images)
        {
            progress?.Report(1);
            if (image.Vector is null)
            {
                failed++;
                Console.Error.WriteLine(image.Error);
                writer.WriteError(image.Path, image.Error!);
                continue;
            }

            foreach (Prediction prediction in classifier.Classify(image.Vector).Take(top))
            {
                writer.Write(image.Path, prediction, influence.Explain(prediction.Label, image.Vector));
            }
        }

        Console.Out.Flush();
        return failed;
    }

    private interface IInfluenceWriter
    {
        void Write(string image, Prediction prediction, IReadOnlyList<PromptContribution> contributions);

        void WriteError(string image, string error);
    }

    /// <summary>One object a prompt, in the prompts' order.</summary>
    private sealed class JsonInfluence : IInfluenceWriter
    {
        public void Write(string image, Prediction prediction, IReadOnlyList<PromptContribution> contributions)
        {
            foreach (PromptContribution prompt in contributions)
            {
                Output.WriteJson(
                    new
                    {
                        image,
                        prompt.Label,
                        Prompt = prompt.Prompt.Text,
                        prompt.Weight,
                        prompt.Cosine,
                        prompt.Contribution,
                    }
                );
            }
        }

        public void WriteError(string image, string error) => Output.WriteJson(new { image, error });
    }

    /// <summary>One row a prompt, in the prompts' order.</summary>
    private sealed class CsvInfluence : IInfluenceWriter
    {
        private readonly CsvOutput _rows = new("image", "label", "prompt", "weight", "cosine", "contribution", "error");

        public void Write(string image, Prediction prediction, IReadOnlyList<PromptContribution> contributions)
        {
            foreach (PromptContribution prompt in contributions)
            {
                _rows.Write(image, prompt.Label, prompt.Prompt.Text, prompt.Weight, prompt.Cosine, prompt.Contribution, null);
            }
        }

        public void WriteError(string image, string error) => _rows.Write(image, null, null, null, null, null, error);
    }

    /// <summary>A block a label: its score, and the prompts that contributed most.</summary>
    private sealed class TableInfluence : IInfluenceWriter
    {
        private string? _image;

        public void Write(string image, Prediction prediction, IReadOnlyList<PromptContribution> contributions)
        {
            if (image != _image)
            {
                _image = image;
                TextTable.WriteName(image);
            }

            Console.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {prediction.Label}: score {prediction.Score:0.0000}, probability {prediction.Probability * 100:0.00} %, "
                        + $"{contributions.Count} prompts"
                )
            );
            Console.Out.WriteLine("    contribution   cosine   weight  prompt");
            foreach (
                PromptContribution prompt in contributions
                    .OrderByDescending(static prompt => prompt.Contribution)
                    .Take(PromptsShown)
            )
            {
                Console.Out.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"    {prompt.Contribution,12:0.00000}  {prompt.Cosine,7:0.0000}  {prompt.Weight,7:0.0000}  "
                            + $"{prompt.Prompt.Text.ReplaceLineEndings(" ")}"
                    )
                );
            }

            if (contributions.Count > PromptsShown)
            {
                Console.Out.WriteLine(
                    $"    … and {contributions.Count - PromptsShown} more, which contributed less; --format json lists them all."
                );
            }
        }

        public void WriteError(string image, string error) { }
    }
}
