using System.Runtime.CompilerServices;

namespace Cupola;

/// <summary>From a model to a classifier in one call.</summary>
public static class ZeroShotExtensions
{
    /// <summary>A classifier of labels, of each of which "a photo of a {label}." is said.</summary>
    /// <param name="clip">The model, which must not be disposed while the classifier reads images.</param>
    /// <param name="labels">The classes.</param>
    /// <exception cref="ArgumentException">There are no labels, or two are equal.</exception>
    public static ZeroShotClassifier CreateClassifier(this ClipEmbedder clip, IReadOnlyList<string> labels) =>
        clip.CreateClassifier(PromptSet.FromTemplates(labels, PromptTemplates.Simple));

    /// <summary>A classifier of the classes of a prompt set.</summary>
    /// <param name="clip">The model, which must not be disposed while the classifier reads images.</param>
    /// <param name="prompts">What is said about each class.</param>
    /// <param name="ensemble">How a class's prompts become one score.</param>
    /// <exception cref="ArgumentException">There are no classes, or a class has no prompts.</exception>
    public static ZeroShotClassifier CreateClassifier(
        this ClipEmbedder clip,
        PromptSet prompts,
        ClassEnsemble ensemble = ClassEnsemble.EmbeddingMean
    ) => ZeroShotClassifier.Create(clip, prompts, ensemble);

    /// <summary>Embeds images and lets a classifier answer for each.</summary>
    internal static async IAsyncEnumerable<ClassifiedImage> ClassifyAsync(
        this ClipEmbedder clip,
        Func<ReadOnlyMemory<float>, IReadOnlyList<Prediction>> classify,
        IEnumerable<ImageSource> images,
        bool orient,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (
            EmbeddedImage image in clip.EmbedImagesAsync(images, orient, cache: null, cancellationToken).ConfigureAwait(false)
        )
        {
            yield return new(image.Path, image.Embedding is { } embedding ? classify(embedding) : [], image.Error);
        }
    }
}
