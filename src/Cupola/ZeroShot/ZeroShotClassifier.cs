using System.Numerics.Tensors;
using Cupola.Embedding;
using Cupola.Models;
using Cupola.Prompts;

namespace Cupola.ZeroShot;

/// <summary>
/// Says which class a picture shows by comparing it with sentences (arXiv 2103.00020, section 3.1). The sentences are
/// encoded once, when the classifier is made, and reused for every picture. It may be used from several threads at once.
/// </summary>
public sealed class ZeroShotClassifier
{
    private readonly ClassWeights _weights;
    private readonly float _scale;

    private ZeroShotClassifier(IReadOnlyList<string> labels, ClassWeights weights, float scale)
    {
        Labels = labels;
        _weights = weights;
        _scale = scale;
    }

    /// <summary>The classes, in order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Encodes the prompts of all classes and makes their weights.</summary>
    /// <param name="embedder">The model; it is not needed any more afterwards.</param>
    /// <param name="prompts">What is said about each class.</param>
    /// <param name="ensemble">How a class's prompts become one score.</param>
    /// <param name="progress">Told how many more prompts are done.</param>
    /// <param name="cancellation">Stops between runs.</param>
    public static ZeroShotClassifier Create(
        ClipEmbedder embedder, PromptSet prompts, ClassEnsemble ensemble = ClassEnsemble.EmbeddingMean, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(prompts);
        string[] texts = [.. prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()).Select(static prompt => prompt.Text)];
        TextFeatures features = embedder.EncodeTexts(texts, progress, cancellation);
        int[] counts = [.. prompts.ClassNames.Select(name => prompts[name].Length)];
        return new(prompts.ClassNames, ClassWeights.Create(features, counts, ensemble, embedder.Model.Text), MathF.Exp(embedder.LogitScale));
    }

    /// <summary>All classes for one picture, the best first.</summary>
    /// <param name="embedding">The picture's unit embedding.</param>
    public IReadOnlyList<Prediction> Classify(ReadOnlySpan<float> embedding)
    {
        float[] scores = _weights.Score(embedding);
        float[] probabilities = Probabilities(scores, _scale);
        return [.. Enumerable.Range(0, scores.Length).OrderByDescending(index => scores[index]).Select(index => new Prediction(Labels[index], probabilities[index], scores[index]))];
    }

    /// <summary>softmax of the scaled scores.</summary>
    internal static float[] Probabilities(ReadOnlySpan<float> scores, float scale)
    {
        var probabilities = new float[scores.Length];
        // The largest logit becomes 0, so that no exponential overflows.
        float largest = TensorPrimitives.Max(scores);
        for (int index = 0; index < scores.Length; index++)
        {
            probabilities[index] = MathF.Exp((scores[index] - largest) * scale);
        }

        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
        return probabilities;
    }
}
