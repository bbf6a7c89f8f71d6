using System.CommandLine;
using Cupola.Evaluation;
using Cupola.Prompts;
using Cupola.Training.Data;
using Cupola.Training.Run;
using Microsoft.Extensions.Logging;

namespace Cupola.Cli;

/// <summary>The options that say what is said about classes, and by which data a model is judged while it learns.</summary>
internal sealed class TrainingDataOptions
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

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _template, _templates, _prompts, _validation, _evaluate, _evaluateBy })
        {
            command.Options.Add(option);
        }

        _fetch.AddTo(command);
    }

    /// <summary>The pairs to learn from.</summary>
    public TrainingPairs ReadPairs(ParseResult parsed, string dataset, ILogger logger)
    {
        PromptSource named = PromptSource.Read(
            "the prompt file",
            parsed.GetValue(_prompts) ?? [],
            parsed.GetValue(_template) ?? [],
            parsed.GetValue(_templates)
        );
        IReadOnlyList<PromptTemplate>? templates = named.Templates.Count == 0 ? null : named.Templates;
        return TrainingPairs.Read(dataset, named.Written, templates, _fetch.Read(parsed), logger);
    }

    /// <summary>What evaluates a model; null where there is nothing to evaluate it by.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">Of the training.</param>
    /// <param name="threads">Threads; 0 stands for one a physical core.</param>
    /// <param name="logger">Receives a sentence for what cannot be read, at each evaluation.</param>
    public TrainingScores? ReadScores(ParseResult parsed, TrainingSettings settings, int threads, ILogger logger)
    {
        string? by = parsed.GetValue(_evaluateBy);
        PromptSource said = by is null ? PromptSource.Simple : PromptSource.Read(by);
        ValidationLoss? validation = parsed.GetValue(_validation) is { } heldOut
            ? new(ReadPairs(parsed, heldOut, logger), settings, threads, logger)
            : null;
        if (parsed.GetValue(_evaluate) is not { } labeled)
        {
            return by is not null
                    ? throw new ArgumentException(
                        "--evaluate-by says what is said of labels, and there are none; name labelled images by --evaluate."
                    )
                : validation is null ? null
                : new(validation, images: null, candidate: null, logger);
        }

        LabeledDataset images = LabeledDataset.Read(labeled, labels: null, _fetch.Read(parsed), StandardStreams.Log);
        SingleLabel.Note(images.Labels);
        NamedPromptSet candidate = new(said.Name, said.CreateSet(images.Labels, StandardStreams.Log));
        return new(validation, images, candidate, logger);
    }
}
