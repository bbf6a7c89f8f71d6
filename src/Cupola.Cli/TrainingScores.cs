using System.CommandLine;
using Cupola.Evaluation;
using Cupola.Training.Data;
using Cupola.Training.Run;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>The options that say what is said about classes, and by which data a model is judged while it learns.</summary>
internal sealed class TrainingScores
{
    private readonly Option<string[]> _template = new("--template")
    {
        Description = "A caption with {} for the label, where images have labels; may be given several times.",
        HelpName = "\"a photo of a {}.\"",
    };

    private readonly Option<string> _templates = new("--templates")
    {
        Description = "Captions for labels: simple, imagenet-7, or a file of templates.",
        HelpName = "NAME|FILE",
    };

    private readonly Option<string[]> _prompts = new("--prompts")
    {
        Description = "A file of prompts, which become captions of their label.",
        HelpName = "FILE",
    };

    private readonly Option<string> _validation = new("--validation")
    {
        Description = "Pairs that are not learned from: their loss is told after each epoch.",
        HelpName = "DATASET",
    };

    private readonly Option<string> _evaluate = new("--evaluate")
    {
        Description = "Labelled images that are recognised after each epoch.",
        HelpName = "DATASET",
    };

    private readonly Option<string> _evaluateBy = new("--evaluate-by")
    {
        Description =
            "What is said of their labels: simple (the default), imagenet-7, a file of templates or of prompts; + between makes "
            + "one set of them.",
        HelpName = "NAME|FILE",
    };

    private readonly FetchOption _fetch = new();

    /// <summary>Whether addresses in tables are fetched, of the pairs to learn from as well.</summary>
    public bool Fetches(ParseResult parsed) => _fetch.Read(parsed);

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _template, _templates, _prompts, _validation, _evaluate, _evaluateBy })
        {
            command.Options.Add(option);
        }

        _fetch.AddTo(command);
    }

    /// <summary>What is said about classes; nothing where nothing is named.</summary>
    public (PromptSet? Prompts, IReadOnlyList<PromptTemplate>? Templates) ReadPrompts(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_prompts) ?? [];
        PromptTemplate[] templates =
        [
            .. (parsed.GetValue(_template) ?? []).Select(static text => new PromptTemplate(text)),
            .. parsed.GetValue(_templates) is { } name ? PromptTemplates.Read(name) : [],
        ];
        return (
            files.Length == 0 ? null : files.Select(PromptSet.Read).Aggregate(static (first, second) => first.Union(second)),
            templates.Length == 0 ? null : templates
        );
    }

    /// <summary>What judges a model; nothing where there is nothing to judge it by.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">Of the training.</param>
    /// <param name="threads">Threads; 0 stands for one a physical core.</param>
    /// <param name="broken">Hears of what cannot be read, at each evaluation.</param>
    public Func<ClipEmbedder, CancellationToken, ModelScore>? Open(
        ParseResult parsed,
        TrainingSettings settings,
        int threads,
        Action<string> broken
    )
    {
        (PromptSet? prompts, IReadOnlyList<PromptTemplate>? templates) = ReadPrompts(parsed);
        string? by = parsed.GetValue(_evaluateBy);
        Func<IReadOnlyList<string>, NamedPromptSet> said = PromptSetOptions.ReadOne(by ?? "simple");
        ValidationLoss? validation = parsed.GetValue(_validation) is { } heldOut
            ? new(TrainingPairs.Open(heldOut, prompts, templates, broken, Fetches(parsed)), settings, threads, broken)
            : null;
        if (parsed.GetValue(_evaluate) is not { } labelled)
        {
            return by is not null
                    ? throw new ArgumentException(
                        "--evaluate-by says what is said of labels, and there are none; name labelled images by --evaluate."
                    )
                : validation is null ? null
                : (embedder, cancellation) => new(validation.Compute(embedder, cancellation), null);
        }

        LabeledDataset images = LabeledDataset.Open(labelled, labels: null, Fetches(parsed));
        SingleLabel.Note(images.Labels);
        NamedPromptSet candidate = said(images.Labels);
        return (embedder, cancellation) =>
            new(validation?.Compute(embedder, cancellation), Top1(embedder, images, candidate, broken, cancellation));
    }

    private static Accuracy Top1(
        ClipEmbedder embedder,
        LabeledDataset images,
        NamedPromptSet candidate,
        Action<string> broken,
        CancellationToken cancellation
    )
    {
        ZeroShotClassifier classifier = ZeroShotClassifier.Create(
            EncodedPrompts.Encode(embedder, candidate.Prompts, progress: null, cancellation),
            ClassEnsemble.EmbeddingMean,
            weights: null
        );
        EmbeddedDataset embedded = images.Embed(embedder, cache: null, broken, cancellation);
        return EvaluationResult.Evaluate(candidate, classifier, embedded.Embeddings, embedded.Truths).Top1;
    }
}
