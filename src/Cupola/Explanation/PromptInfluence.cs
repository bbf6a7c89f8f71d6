using System.Numerics.Tensors;
using Cupola.Files;
using Cupola.Prompts;
using Cupola.ZeroShot;

namespace Cupola.Explanation;

/// <summary>The contribution of one prompt to the score of its class for one image.</summary>
/// <param name="Label">The class.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Weight">The prompt's weight in its class; a class's weights sum to 1.</param>
/// <param name="Cosine">How well the prompt alone fits the image; from −1 to 1.</param>
/// <param name="Contribution">Its part of the class's score: the contributions of a class's prompts sum to the score.</param>
internal sealed record PromptContribution(string Label, Prompt Prompt, float Weight, float Cosine, float Contribution);

/// <summary>The effect of one prompt on the answers for labeled images.</summary>
/// <param name="Label">The class.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Right">
/// How many more images are answered rightly with the prompt than without it; negative if it does harm.
/// </param>
/// <param name="LogLikelihood">How much the mean log-probability of the right label rises with the prompt, in nats.</param>
internal sealed record PromptEffect(string Label, Prompt Prompt, int Right, double LogLikelihood);

/// <summary>Splits the scores of classes into the contributions of their prompts. It is thread-safe.</summary>
internal sealed class PromptInfluence
{
    private readonly EncodedPrompts _encoded;
    private readonly ClassEnsemble _ensemble;
    private readonly PromptWeights _weights;
    private readonly EmbeddingMatrix _parts;
    private readonly Dictionary<string, int> _classes;

    /// <summary>Prepares to explain one ensemble.</summary>
    /// <param name="encoded">The prompts.</param>
    /// <param name="ensemble">How the prompts of a class are combined.</param>
    /// <param name="weights">The weight of each prompt; equal weights if null.</param>
    public PromptInfluence(EncodedPrompts encoded, ClassEnsemble ensemble, PromptWeights? weights = null)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        _encoded = encoded;
        _ensemble = ensemble;
        _weights = weights ?? PromptWeights.Equal(encoded);
        _parts = ensemble == ClassEnsemble.ScoreMax ? encoded.Embeddings : Parts();
        _classes = encoded
            .Prompts.ClassNames.Index()
            .ToDictionary(static name => name.Item, static name => name.Index, StringComparer.Ordinal);
    }

    /// <summary>The contribution of each prompt of one class to its score for an image, in the prompts' order.</summary>
    /// <param name="label">The class.</param>
    /// <param name="embedding">The image's unit embedding.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public IReadOnlyList<PromptContribution> Explain(string label, ReadOnlySpan<float> embedding)
    {
        if (!_classes.TryGetValue(label, out int classIndex))
        {
            throw new ArgumentException($"There is no class {TextFile.Quote(label)} among these prompts.", nameof(label));
        }

        int first = _encoded.Features.FirstOf(classIndex);
        PromptContribution[] contributions = new PromptContribution[_encoded.Features.PromptCount(classIndex)];
        float[] cosines = new float[contributions.Length],
            parts = new float[contributions.Length];
        _encoded.Embeddings.Scores(first, embedding, cosines);
        _parts.Scores(first, embedding, parts);
        for (int index = 0; index < contributions.Length; index++)
        {
            contributions[index] = new(
                label,
                _encoded.Prompts[label][index],
                _weights.Values[first + index],
                cosines[index],
                parts[index]
            );
        }

        if (_ensemble == ClassEnsemble.ScoreMax)
        {
            // The best prompt is the whole score; the others add nothing.
            float best = contributions.Max(static contribution => contribution.Cosine);
            int chosen = Array.FindIndex(contributions, contribution => contribution.Cosine == best);
            contributions =
            [
                .. contributions.Select(
                    (contribution, index) =>
                        contribution with
                        {
                            Weight = index == chosen ? 1 : 0,
                            Contribution = index == chosen ? best : 0,
                        }
                ),
            ];
        }

        return contributions;
    }

    /// <summary>
    /// The effect of each prompt on labeled images: every prompt is left out once, and the answers with and without it are
    /// compared.
    /// </summary>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="labels">The index of each image's class.</param>
    /// <param name="progress">Receives the number of further finished prompts, from any thread.</param>
    /// <param name="cancellationToken">Stops between classes.</param>
    /// <returns>The effect of each prompt whose class has others, class by class.</returns>
    /// <exception cref="ArgumentException">The numbers of labels and images differ.</exception>
    public IReadOnlyList<PromptEffect> LeaveOneOut(
        EmbeddingMatrix images,
        IReadOnlyList<int> labels,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        if (images.Count == 0 || images.Count != labels.Count)
        {
            throw new ArgumentException(
                $"Effects are measured on images with a label each, and there are {images.Count} images and {labels.Count} "
                    + "labels."
            );
        }

        LeaveOneOut answers = new(_encoded, _ensemble, _weights, images, labels);
        var effects = new PromptEffect[_encoded.Features.ClassCount][];
        Parallel.For(0, effects.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            effects[index] = answers.Compute(index);
            progress?.Report(_encoded.Features.PromptCount(index));
        });
        return [.. effects.SelectMany(static ofClass => ofClass)];
    }

    /// <summary>Each prompt's part of its class vector: [prompts, dimension]; the parts of a class sum to its vector.</summary>
    private EmbeddingMatrix Parts()
    {
        PromptFeatures features = _encoded.Features;
        int dimension = features.Embeddings.Dimension;
        var parts = new float[features.Embeddings.Count * dimension];
        Parallel.For(0, features.ClassCount, index =>
        {
            int first = features.FirstOf(index),
                count = features.PromptCount(index);
            var sum = new float[dimension];
            for (int row = first; row < first + count; row++)
            {
                Span<float> part = parts.AsSpan(row * dimension, dimension);
                TensorPrimitives.Multiply(features.Direction(row, _ensemble), _weights.Values[row], part);
                TensorPrimitives.Add(sum, part, sum);
            }

            if (_ensemble != ClassEnsemble.ScoreMean)
            {
                Span<float> ofClass = parts.AsSpan(first * dimension, count * dimension);
                TensorPrimitives.Divide(ofClass, TensorPrimitives.Norm<float>(sum), ofClass);
            }
        });
        return new(parts, features.Embeddings.Count, dimension);
    }
}
