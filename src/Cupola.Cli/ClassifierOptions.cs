using System.CommandLine;
using Cupola.Explanation;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>The options of <c>classify</c> that say how an image's embedding becomes an answer.</summary>
internal sealed class ClassifierOptions
{
    /// <summary>A label is in an image where that is likelier than not.</summary>
    private const float EvenChance = 0.5f;

    private readonly PromptOptions _prompts = new();

    private readonly NumberOption<float> _threshold = new("--threshold", 0, 1)
    {
        Description =
            $"Below this probability the answer is \"{ImageAnswer.NoneOfThese}\"; with --multi-label, 0.5 where it is not named.",
        HelpName = "T",
    };

    private readonly Option<bool> _multiLabel = new("--multi-label")
    {
        Description =
            "Any number of labels may be in an image: each is weighed against its own negation, and against no other label.",
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

    private readonly CalibrationOption _calibration = new();

    private readonly BaselineByNameOption _byName = new();

    public void AddTo(Command command)
    {
        _prompts.AddTo(command);
        foreach (Option option in new Option[] { _threshold, _multiLabel, _negation, _negations, _saved, _save })
        {
            command.Options.Add(option);
        }

        _weights.AddTo(command);
        _calibration.AddTo(command);
        _byName.AddTo(command);
    }

    /// <summary>What answers by the labels' names alone, where the command line wants that as well.</summary>
    public Func<ClipEmbedder, IReadOnlyList<string>, ZeroShotClassifier>? ReadByName(ParseResult parsed) => _byName.Read(parsed);

    /// <summary>Whether all images have to be known before the first is answered.</summary>
    public bool LearnsFromImages(ParseResult parsed) => _weights.Read(parsed, _prompts.Ensemble(parsed)) != PromptWeighting.Even;

    /// <summary>Reads what the command line names, before any model is loaded: what is wrong with it is said at once.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="explained">Whether answers will be explained, which needs their prompts.</param>
    /// <returns>Makes the classifier; it is given the images where it learns from them.</returns>
    public Func<ClipEmbedder, EmbeddedImages?, CancellationToken, ImageClassifier> Read(ParseResult parsed, bool explained)
    {
        Refuse(parsed, explained);
        string? saved = parsed.GetValue(_saved);
        ClassEnsemble ensemble = _prompts.Ensemble(parsed);
        PromptSet? set = saved is not null && !_prompts.AreNamed(parsed) ? null : _prompts.Read(parsed);
        if (explained && set!.ClassNames.Count < 2)
        {
            throw new ArgumentException(
                "An answer is explained by what it was chosen from; name at least two labels with --explain."
            );
        }

        if (parsed.GetValue(_multiLabel))
        {
            float threshold = parsed.GetValue(_threshold) ?? EvenChance;
            PromptSet absent = Negations(parsed, set!.ClassNames);
            return (embedder, _, cancellation) =>
                SeveralLabels(
                    MultiLabelClassifier.Create(
                        Encode(embedder, set, cancellation),
                        Encode(embedder, absent, cancellation),
                        ensemble
                    ),
                    threshold
                );
        }

        if (saved is not null)
        {
            return (embedder, _, cancellation) =>
            {
                ZeroShotClassifier loaded = ZeroShotClassifier.Load(saved, embedder, set);
                return OneLabel(
                    parsed,
                    loaded,
                    _calibration.Read(parsed, loaded.Labels),
                    embedder,
                    influence: null,
                    cancellation
                );
            };
        }

        LabeledDataset? labelled = _calibration.Read(parsed, set!.ClassNames);
        return (embedder, images, cancellation) =>
        {
            EncodedPrompts encoded = Encode(embedder, set, cancellation);
            PromptWeights? weights = images is null
                ? null
                : WeightsOption.Of(_weights.Read(parsed, ensemble), encoded, images.Embeddings);
            return OneLabel(
                parsed,
                ZeroShotClassifier.Create(encoded, ensemble, weights),
                labelled,
                embedder,
                explained ? new PromptInfluence(encoded, ensemble, weights) : null,
                cancellation
            );
        };
    }

    /// <summary>Encodes prompts, with progress where a person looks on, and says which were cut.</summary>
    public static EncodedPrompts Encode(ClipEmbedder embedder, PromptSet prompts, CancellationToken cancellation)
    {
        PromptOptions.WarnOfCutPrompts(prompts, embedder.Tokenizer);
        return WorkProgress.Items("Encoding prompts", prompts.PromptCount, progress =>
            EncodedPrompts.Encode(embedder, prompts, progress, cancellation)
        );
    }

    /// <summary>
    /// A classifier that is calibrated and saved as far as the command line says, and then answers with one label.
    /// </summary>
    private ImageClassifier OneLabel(
        ParseResult parsed,
        ZeroShotClassifier classifier,
        LabeledDataset? labelled,
        ClipEmbedder embedder,
        PromptInfluence? influence,
        CancellationToken cancellation
    )
    {
        SingleLabel.Note(classifier.Labels);
        int failed = 0;
        if (labelled is not null)
        {
            (classifier, failed) = _calibration.Fit(parsed, classifier, labelled, embedder, cancellation);
        }

        if (parsed.GetValue(_save) is { } save)
        {
            classifier.Save(save);
        }

        float? threshold = parsed.GetValue(_threshold);
        return new(
            classifier.Labels,
            embedding =>
            {
                IReadOnlyList<Prediction> predictions = classifier.Classify(embedding);
                return (
                    predictions,
                    threshold is null ? null
                    : predictions[0].Probability < threshold ? ImageAnswer.NoneOfThese
                    : predictions[0].Label,
                    null
                );
            },
            influence,
            failed
        );
    }

    private static ImageClassifier SeveralLabels(MultiLabelClassifier classifier, float threshold) =>
        new(
            classifier.Labels,
            embedding =>
            {
                IReadOnlyList<Prediction> predictions = classifier.Classify(embedding);
                return (
                    predictions,
                    null,
                    [
                        .. predictions
                            .Where(prediction => prediction.Probability >= threshold)
                            .Select(static prediction => prediction.Label),
                    ]
                );
            },
            Influence: null,
            Failed: 0
        );

    private PromptSet Negations(ParseResult parsed, IReadOnlyList<string> labels)
    {
        PromptTemplate[] templates = [.. (parsed.GetValue(_negation) ?? []).Select(static text => new PromptTemplate(text))];
        PromptSet? written = parsed.GetValue(_negations) is { } file ? PromptSet.Read(file).Select(labels).Prompts : null;
        PromptSet? filled =
            templates.Length > 0 || written is null
                ? PromptSet.FromTemplates(labels, templates.Length > 0 ? templates : PromptTemplates.Negations)
                : null;
        return written is null ? filled! : filled?.Union(written) ?? written;
    }

    private void Refuse(ParseResult parsed, bool explained)
    {
        bool multiLabel = parsed.GetValue(_multiLabel),
            saved = parsed.GetValue(_saved) is not null,
            save = parsed.GetValue(_save) is not null,
            calibrated = _calibration.IsNamed(parsed),
            learns = LearnsFromImages(parsed);
        string? why =
            saved && save && !calibrated ? "--classifier names a classifier that is saved already; leave --save-classifier away."
            : saved && explained
                ? "--explain shows what each prompt said, and a saved classifier holds no prompts; name labels and prompts in "
                    + "place of --classifier."
            : multiLabel && (saved || save)
                ? "A saved classifier chooses one label; leave --multi-label away, or --classifier and --save-classifier."
            : multiLabel && calibrated
                ? "--calibrate fits how sure one label is among others, and with --multi-label each is judged for itself; leave "
                    + "one of them away."
            : multiLabel && _byName.IsNamed(parsed)
                ? "--by-name shows which one label an image would get by its name alone; leave --multi-label away."
            : multiLabel && learns
                ? "--weights are learned from how labels compare, and with --multi-label each is judged for itself; leave one "
                    + "of them away."
            : saved && learns ? "--classifier has weights of its own; leave --weights away."
            : multiLabel && explained ? "--explain shows why one label was chosen among others; leave --multi-label away."
            : !multiLabel && (parsed.GetValue(_negations) is not null || parsed.GetValue(_negation) is { Length: > 0 })
                ? "Negations are weighed with --multi-label only; add it."
            : save && Path.GetExtension(parsed.GetValue(_save)) != ".safetensors"
                ? $"--save-classifier {parsed.GetValue(_save)} is of no known kind; name a .safetensors file."
            : null;
        if (why is not null)
        {
            throw new ArgumentException(why);
        }
    }
}

/// <summary>What says which labels an image shows.</summary>
/// <param name="Labels">What there is to choose from.</param>
/// <param name="Classify">
/// All labels for an embedding, the best first; the one answer and all answers, where something decides on them.
/// </param>
/// <param name="Influence">What each prompt did, where answers are explained.</param>
/// <param name="Failed">How many images that it was to be made with could not be read.</param>
internal sealed record ImageClassifier(
    IReadOnlyList<string> Labels,
    Func<float[], (IReadOnlyList<Prediction> Predictions, string? Answer, IReadOnlyList<string>? Answers)> Classify,
    PromptInfluence? Influence,
    int Failed
);
