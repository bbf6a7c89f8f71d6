using System.CommandLine;
using Cupola.Evaluation;
using Cupola.Explanation;
using Cupola.FewShot;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>
/// What answers, as <c>classify</c>'s command line wants it: made of prompts or read, with examples, calibrated, saved.
/// </summary>
/// <param name="Classifier">What answers.</param>
/// <param name="Examples">Finds the examples that are most like an image; null where there are none.</param>
/// <param name="Failed">How many images could not be read for that.</param>
internal sealed record PreparedClassifier(ImageClassifier Classifier, NearestExamples? Examples, int Failed)
{
    /// <summary>Makes it.</summary>
    /// <param name="options">The options that say how.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="request">Which classifier is wanted.</param>
    /// <param name="labeled">The images to calibrate on, where they are known before the classifier.</param>
    /// <param name="embedder">The model.</param>
    /// <param name="images">The images that are classified, where the classifier learns from them.</param>
    /// <param name="format">How a choice among few-shot methods is told.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public static PreparedClassifier Create(
        ClassifierOptions options,
        ParseResult parsed,
        ClassifierRequest request,
        LabeledDataset? labeled,
        ClipEmbedder embedder,
        EmbeddingMatrix? images,
        OutputFormat format,
        CancellationToken cancellationToken
    )
    {
        if (
            Load(options, parsed, request, embedder, images, cancellationToken) is var made
            && made is not SingleLabelAnswers single
        )
        {
            return new(made, null, 0);
        }

        SingleLabel.Note(single.Labels);
        int failed = 0;
        NearestExamples? nearest = null;
        if (options.Examples.Open(parsed, single.Labels) is { } dataset)
        {
            EmbeddedDataset examples = options.Examples.Embed(parsed, dataset, embedder, cancellationToken);
            single = Help(options.Examples, parsed, single, examples, format, cancellationToken);
            nearest = new(examples.Embeddings, [.. examples.Truths.Select(truth => dataset.Labels[truth])], examples.Images);
            failed += examples.Failed.Count;
        }

        if ((labeled ?? options.OpenCalibration(parsed, single.Labels)) is { } fitted)
        {
            (single, int unread) = options.Calibrate(parsed, single, fitted, embedder, cancellationToken);
            failed += unread;
        }

        options.Save(parsed, single.Classifier);
        return new(single, nearest, failed);
    }

    /// <summary>Loads the classifier, or makes it of prompts, and says what a person should know of it.</summary>
    private static ImageClassifier Load(
        ClassifierOptions options,
        ParseResult parsed,
        ClassifierRequest request,
        ClipEmbedder embedder,
        EmbeddingMatrix? images,
        CancellationToken cancellationToken
    )
    {
        if (request.Saved is { } saved)
        {
            ILabelClassifier classifier = SavedClassifier.Load(saved, embedder, request.Prompts);
            if (classifier is FewShotClassifier && options.Examples.AreNamed(parsed))
            {
                throw new ArgumentException(
                    $"{saved} was made with examples already; omit --examples, or make a classifier of all of them."
                );
            }

            if (classifier is ZeroShotClassifier && embedder.Score.IsIndependent)
            {
                options.ExplainIndependentProbabilities(parsed);
            }

            return new SingleLabelAnswers(classifier, request.Threshold);
        }

        PromptOptions.WarnOfCutPrompts(request.Prompts!, embedder.Tokenizer);
        if (embedder.Score.IsIndependent)
        {
            options.ExplainIndependentProbabilities(parsed);
        }
        else if (request.Negations is not null)
        {
            PromptOptions.WarnOfCutPrompts(request.Negations, embedder.Tokenizer);
        }

        return WorkProgress.Items("Encoding prompts", request.PromptCount, progress =>
            request.Create(embedder, images, progress, cancellationToken)
        );
    }

    /// <summary>The same answers helped by examples; the choice is the first line for a program.</summary>
    private static SingleLabelAnswers Help(
        ExampleOptions options,
        ParseResult parsed,
        SingleLabelAnswers answers,
        EmbeddedDataset examples,
        OutputFormat format,
        CancellationToken cancellationToken
    )
    {
        FewShotClassifier helped = options.Create(parsed, (ZeroShotClassifier)answers.Classifier, examples, cancellationToken);
        if (format == OutputFormat.Json)
        {
            Output.WriteJson(ExampleOptions.Line(helped.Choice));
        }

        return answers.With(helped);
    }
}
