using System.CommandLine;
using System.Globalization;
using Cupola.Evaluation;
using Cupola.Prompts;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>The options of <c>classify</c> that say how an image's embedding becomes an answer.</summary>
internal sealed class ClassifierOptions
{
    private readonly PromptOptions _prompts = new();

    private readonly NumberOption<float> _threshold = new("--threshold", 0, 1)
    {
        Description =
            $"Below this probability the answer is \"{ImageLabels.NoneOfThese}\"; with --multi-label, 0.5 where it is not named. "
            + "A SigLIP's probability is that of a label alone.",
        HelpName = "T",
    };

    private readonly Option<bool> _multiLabel = new("--multi-label")
    {
        Description =
            "Any number of labels may be in an image: each is weighed against its own negation (by a SigLIP alone), and against "
            + "no other label.",
    };

    private readonly Option<string[]> _negation = new("--negation")
    {
        Description = "With --multi-label, what is said of an image without the label; may be given several times.",
        HelpName = "\"a photo without a {}.\"",
    };

    private readonly Option<string> _negations = new("--negations")
    {
        Description = "With --multi-label, a file of prompts for images without each label.",
        HelpName = "FILE",
    };

    private readonly Option<string> _saved = new("--classifier")
    {
        Description = "A classifier that was saved, in place of labels and prompts.",
        HelpName = "FILE",
    };

    private readonly Option<string> _save = new("--save-classifier")
    {
        Description = "Save the class vectors, for --classifier (a .safetensors file).",
        HelpName = "FILE",
    };

    private readonly WeightsOption _weights = new();

    private readonly LabeledDatasetOption _calibration = new(
        "--calibrate",
        "Fit the temperature on a labelled dataset, so that probabilities can be believed; --save-classifier keeps it."
    );

    private readonly ExampleOptions _examples;

    private readonly Option<string> _byName = new("--by-name")
    {
        Description = "Answer by the labels' names alone as well, put into this template, to show what the prompts add.",
        HelpName = "\"a photo of a {}.\"",
    };

    public ClassifierOptions() => _examples = new(_calibration);

    /// <summary>The options of labeled examples.</summary>
    public ExampleOptions Examples => _examples;

    public void AddTo(Command command)
    {
        _prompts.AddTo(command);
        foreach (Option option in new Option[] { _threshold, _multiLabel, _negation, _negations, _saved, _save })
        {
            command.Options.Add(option);
        }

        _weights.AddTo(command);
        _examples.AddTo(command);
        _calibration.AddTo(command);
        command.Options.Add(_byName);
    }

    /// <summary>The classifier that the command line names. What cannot be together is refused before anything that takes
    /// long.</summary>
    public ClassifierRequest Read(ParseResult parsed, bool explained)
    {
        ClassEnsemble ensemble = _prompts.Ensemble(parsed);
        PromptWeighting weighting = _weights.Read(parsed, ensemble);
        Refuse(parsed, explained, learns: weighting != PromptWeighting.Even);
        string? saved = parsed.GetValue(_saved);
        PromptSet? set =
            saved is not null && !_prompts.AreNamed(parsed) ? null
            : _examples.AreNamed(parsed) && !_prompts.NameLabels(parsed) ? _prompts.Read(parsed, _examples.ReadLabels(parsed))
            : _prompts.Read(parsed);
        if (explained && set!.ClassNames.Count < 2)
        {
            throw new ArgumentException(
                "An answer is explained by what it was chosen from; name at least two labels with --explain."
            );
        }

        return new()
        {
            Prompts = set,
            Saved = saved,
            Negations = parsed.GetValue(_multiLabel) ? Negations(parsed, set!.ClassNames) : null,
            Ensemble = ensemble,
            Weighting = weighting,
            Threshold = parsed.GetValue(_threshold),
        };
    }

    /// <summary>
    /// The template that answers by the labels' names alone; null where the command line wants no such answers.
    /// </summary>
    public PromptTemplate? ReadByName(ParseResult parsed) => parsed.GetValue(_byName) is { } text ? new(text) : null;

    /// <summary>The images to fit the temperature on; null where the command line names none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="labels">What there is to choose from.</param>
    public LabeledDataset? OpenCalibration(ParseResult parsed, IReadOnlyList<string> labels) => _calibration.Open(parsed, labels);

    /// <summary>
    /// The classifier with the temperature of labeled images, and how many of them could not be read. Says on standard error
    /// what that changes.
    /// </summary>
    public (SingleLabelAnswers Classifier, int Failed) Calibrate(
        ParseResult parsed,
        SingleLabelAnswers answers,
        LabeledDataset images,
        ClipEmbedder embedder,
        CancellationToken cancellationToken
    )
    {
        string dataset = _calibration.Name(parsed)!;
        EmbeddedDataset embedded = _calibration.Embed(parsed, images, embedder, cancellationToken);
        FittedTemperature fitted = FittedTemperature.Fit(answers.Classifier, embedded, dataset);
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The temperature is {fitted.Classifier.Temperature:0.###}, fitted on {embedded.Truths.Count} images of "
                    + $"{dataset}; the calibration error there goes from {fitted.ErrorBefore * 100:0.0} % to "
                    + $"{fitted.ErrorAfter * 100:0.0} %."
            )
        );
        return (answers.With(fitted.Classifier), embedded.Failed.Count);
    }

    /// <summary>Saves a classifier where the command line says so.</summary>
    public void Save(ParseResult parsed, ILabelClassifier classifier)
    {
        if (parsed.GetValue(_save) is { } path)
        {
            classifier.Save(path);
        }
    }

    private PromptSet Negations(ParseResult parsed, IReadOnlyList<string> labels)
    {
        PromptSource named = PromptSource.Read("the negations", [], parsed.GetValue(_negation) ?? [], named: null);
        PromptSet? written = parsed.GetValue(_negations) is { } file ? PromptSet.Read(file).Select(labels).Prompts : null;
        PromptSource source =
            named.Templates.Count == 0 && written is null ? named with { Templates = PromptTemplates.Negations } : named;
        return source.FillAnd(labels, written);
    }

    /// <summary>Says once what a SigLIP's probabilities are, which surprises who knows CLIP's.</summary>
    public void ExplainIndependentProbabilities(ParseResult parsed)
    {
        Console.Error.WriteLine(
            "This model is a SigLIP: a probability is that of its label alone, so probabilities do not sum to 100 %, are often "
                + "small, and --threshold is on each of them."
        );
        if (parsed.GetValue(_negation) is { Length: > 0 } || parsed.GetValue(_negations) is not null)
        {
            Console.Error.WriteLine("It needs no negations; --negation and --negations change nothing.");
        }
    }

    private void Refuse(ParseResult parsed, bool explained, bool learns)
    {
        _examples.Check(parsed);
        bool multiLabel = parsed.GetValue(_multiLabel),
            saved = parsed.GetValue(_saved) is not null,
            save = parsed.GetValue(_save) is not null,
            calibrated = _calibration.IsNamed(parsed);
        string? why =
            saved && save && !calibrated && !_examples.AreNamed(parsed)
                ? "--classifier names a classifier that is saved already; omit --save-classifier."
            : saved && explained
                ? "--explain shows what each prompt said, and a saved classifier holds no prompts; name labels and prompts in "
                    + "place of --classifier."
            : multiLabel && (saved || save)
                ? "A saved classifier chooses one label; omit --multi-label, or --classifier and --save-classifier."
            : multiLabel && calibrated
                ? "--calibrate fits how sure one label is among others, and with --multi-label each is judged for itself; "
                    + "omit one of them."
            : multiLabel && _examples.AreNamed(parsed)
                ? "Examples choose one label, and with --multi-label each is judged for itself; omit --examples or --multi-label."
            : multiLabel && parsed.GetValue(_byName) is not null
                ? "--by-name shows which one label an image would get by its name alone; omit --multi-label."
            : multiLabel && learns
                ? "--weights are learned from how labels compare, and with --multi-label each is judged for itself; "
                    + "omit one of them."
            : saved && learns ? "--classifier has weights of its own; omit --weights."
            : multiLabel && explained ? "--explain shows why one label was chosen among others; omit --multi-label."
            : !multiLabel && (parsed.GetValue(_negations) is not null || parsed.GetValue(_negation) is { Length: > 0 })
                ? "Negations are weighed with --multi-label only; add it."
            : save && Path.GetExtension(parsed.GetValue(_save)) != ".safetensors"
                ? $"--save-classifier {parsed.GetValue(_save)} has an unknown extension; name a .safetensors file."
            : null;
        if (why is not null)
        {
            throw new ArgumentException(why);
        }
    }
}
