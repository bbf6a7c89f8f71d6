using System.Globalization;
using System.Numerics.Tensors;
using Cupola.Models;

namespace Cupola.ZeroShot;

/// <summary>The weight of each prompt in its class's mean; a class's weights sum to 1.</summary>
internal sealed class PromptWeights
{
    private readonly float[] _values;

    private PromptWeights(float[] values) => _values = values;

    /// <summary>The weights, class by class, in the order of the prompts.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Gives every prompt of a class the same weight, as in OpenAI's ensembles and CuPL.</summary>
    public static PromptWeights Equal(EncodedPrompts encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Equal(encoded.Features);
    }

    /// <summary>The weights of prompts; null where all count the same.</summary>
    /// <param name="weighting">How they are weighed.</param>
    /// <param name="encoded">The prompts.</param>
    /// <param name="images">Images of the kind that is classified.</param>
    internal static PromptWeights? Create(PromptWeighting weighting, EncodedPrompts encoded, EmbeddingMatrix images) =>
        weighting == PromptWeighting.Zpe ? FromImages(encoded, images) : null;

    /// <summary>
    /// Learns weights from unlabeled images: zero-shot prompt ensembling (ZPE, arXiv 2302.06235, section 3). A prompt's score is
    /// its
    /// best logit, averaged over the images, after each logit's mean over the images is subtracted; without this, words that fit
    /// everything would score high. The weights are the softmax of the scores. The paper also subtracts the mean over
    /// pre-training
    /// images, which are not available here.
    /// <para>
    /// If every class has the same prompts except for its name, as with templates, a template has one weight for all classes, as
    /// in
    /// the paper. If classes have their own sentences, a sentence's best logit has no rivals with the same wording; its score is
    /// then
    /// its mean over the images that all prompts together assign to its class, and a class without such images keeps equal
    /// weights.
    /// </para>
    /// </summary>
    /// <param name="encoded">The prompts.</param>
    /// <param name="images">Unit embeddings of images like those to be classified: [images, dimension].</param>
    /// <exception cref="ArgumentException">There are no images, or they are of another dimension.</exception>
    public static PromptWeights FromImages(EncodedPrompts encoded, EmbeddingMatrix images)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0 || images.Dimension != encoded.Embeddings.Dimension)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Weights are learned from embeddings of {encoded.Embeddings.Dimension} numbers, and there are "
                        + $"{images.Count} of {images.Dimension}."
                )
            );
        }

        return AreTemplates(encoded) ? FromTemplates(encoded, images) : FromSentences(encoded, images);
    }

    internal static PromptWeights Equal(PromptFeatures features) =>
        new([
            .. Enumerable
                .Range(0, features.ClassCount)
                .SelectMany(index => Enumerable.Repeat(1f / features.PromptCount(index), features.PromptCount(index))),
        ]);

    /// <summary>Whether every class has the same prompts in the same order, except for its name.</summary>
    private static bool AreTemplates(EncodedPrompts encoded)
    {
        string[] sources = [.. encoded.Prompts[encoded.Prompts.ClassNames[0]].Select(static prompt => prompt.Source)];
        return sources.All(static source => source.StartsWith("template:", StringComparison.Ordinal))
            && encoded.Prompts.ClassNames.All(name =>
                encoded.Prompts[name].Select(static prompt => prompt.Source).SequenceEqual(sources, StringComparer.Ordinal)
            );
    }

    private static PromptWeights FromTemplates(EncodedPrompts encoded, EmbeddingMatrix images)
    {
        int classes = encoded.Features.ClassCount,
            templates = encoded.Features.PromptCount(0);
        float[] means = MeanLogits(encoded, images);
        var scores = new float[templates];
        Parallel.For(0, templates, template =>
        {
            double sum = 0;
            for (int image = 0; image < images.Count; image++)
            {
                float best = float.NegativeInfinity;
                for (int index = 0; index < classes; index++)
                {
                    int row = (index * templates) + template;
                    best = Math.Max(best, Logit(encoded, row, images[image]) - means[row]);
                }

                sum += best;
            }

            scores[template] = (float)(sum / images.Count);
        });
        float[] weights = ScoreRule.OfLogits.Probabilities(scores);
        return new([.. Enumerable.Range(0, classes).SelectMany(_ => weights)]);
    }

    private static PromptWeights FromSentences(EncodedPrompts encoded, EmbeddingMatrix images)
    {
        PromptFeatures features = encoded.Features;
        PromptWeights equal = Equal(features);
        ClassWeights together = ClassWeights.Create(features, ClassEnsemble.EmbeddingMean, equal);
        ILookup<int, int> imagesOfClass = Enumerable
            .Range(0, images.Count)
            .ToLookup(image => TensorPrimitives.IndexOfMax<float>(together.Score(images[image])));
        float[] means = MeanLogits(encoded, images);
        float[] weights = [.. equal._values];
        Parallel.For(0, features.ClassCount, index =>
        {
            int[] own = [.. imagesOfClass[index]];
            if (own.Length == 0)
            {
                return;
            }

            int first = features.FirstOf(index),
                count = features.PromptCount(index);
            float[] scores =
            [
                .. Enumerable
                    .Range(first, count)
                    .Select(row => own.Average(image => Logit(encoded, row, images[image])) - means[row]),
            ];
            ScoreRule.OfLogits.Probabilities(scores).CopyTo(weights, first);
        });
        return new(weights);
    }

    /// <summary>The mean of each prompt's logit over the images, computed as its logit for the mean embedding.</summary>
    private static float[] MeanLogits(EncodedPrompts encoded, EmbeddingMatrix images)
    {
        float[] mean = images.Mean(
            [.. Enumerable.Range(0, images.Count)],
            [.. Enumerable.Repeat(1f / images.Count, images.Count)]
        );
        float[] logits = new float[encoded.Embeddings.Count];
        encoded.Embeddings.Scores(mean, logits);
        TensorPrimitives.Multiply(logits, encoded.Scale, logits);
        return logits;
    }

    private static float Logit(EncodedPrompts encoded, int row, ReadOnlySpan<float> image) =>
        encoded.Scale * encoded.Embeddings.Score(row, image);
}
