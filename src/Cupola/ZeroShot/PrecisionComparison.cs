using System.Numerics.Tensors;

namespace Cupola.ZeroShot;

/// <summary>How far a model's embeddings in int8 are from those in float32, image by image.</summary>
/// <param name="Cosines">The cosine of both embeddings of each image.</param>
/// <param name="SameTop1">How many images get the same first label; null where no labels were named.</param>
internal sealed record PrecisionComparison(IReadOnlyList<float> Cosines, int? SameTop1)
{
    /// <summary>Compares images that both could read.</summary>
    /// <param name="exact">The model in float32.</param>
    /// <param name="quantized">The same in int8.</param>
    /// <param name="images">Both embeddings of each image.</param>
    /// <param name="prompts">What the labels are; null for none. Each model classifies by its own embeddings of them.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public static PrecisionComparison Create(
        ClipEmbedder exact,
        ClipEmbedder quantized,
        IReadOnlyList<(float[] Exact, float[] Quantized)> images,
        PromptSet? prompts,
        CancellationToken cancellationToken
    )
    {
        int? same = null;
        if (prompts is not null)
        {
            ZeroShotClassifier first = Classifier(exact),
                second = Classifier(quantized);
            same = images.Count(image => first.Classify(image.Exact)[0].Label == second.Classify(image.Quantized)[0].Label);
        }

        return new([.. images.Select(static image => TensorPrimitives.Dot(image.Exact, image.Quantized))], same);

        ZeroShotClassifier Classifier(ClipEmbedder embedder) =>
            ZeroShotClassifier.Create(embedder, prompts, cancellationToken: cancellationToken);
    }
}
