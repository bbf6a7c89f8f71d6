using Cupola.ZeroShot;
using static System.FormattableString;

namespace Cupola.Evaluation;

/// <summary>The answer for an image whose class is known.</summary>
/// <param name="Truth">The right class, as its index among the labels.</param>
/// <param name="Answer">The class that was answered.</param>
/// <param name="Rank">The number of classes ranked before the right one; 0 if the answer is right.</param>
/// <param name="Confidence">The probability of the answer.</param>
/// <param name="TruthProbability">The probability of the right class.</param>
public sealed record ImageResult(int Truth, int Answer, int Rank, float Confidence, float TruthProbability)
{
    /// <summary>Whether the answer is the right class.</summary>
    public bool IsRight => Rank == 0;

    /// <summary>Ranks the labels for one image; among equal scores the first label wins, as in the reference's argmax.</summary>
    /// <param name="scores">The scores of all labels, which decide the rank.</param>
    /// <param name="probabilities">
    /// The probabilities of all labels, for the confidence; they do not decide, because different scores may have equal
    /// probabilities.
    /// </param>
    /// <param name="truth">The index of the right label.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of scores and probabilities differ, or the right label is not among them.
    /// </exception>
    public static ImageResult Create(ReadOnlySpan<float> scores, ReadOnlySpan<float> probabilities, int truth)
    {
        if (scores.Length != probabilities.Length || truth < 0 || truth >= scores.Length)
        {
            throw new ArgumentException(
                Invariant(
                    $"The right label {truth} is not an index of {scores.Length} scores and {probabilities.Length} probabilities."
                )
            );
        }

        int answer = 0,
            rank = 0;
        for (int label = 0; label < scores.Length; label++)
        {
            answer = scores[label] > scores[answer] ? label : answer;
            rank += scores[label] > scores[truth] || (scores[label] == scores[truth] && label < truth) ? 1 : 0;
        }

        return new(truth, answer, rank, probabilities[answer], probabilities[truth]);
    }

    /// <summary>A classifier's answers for images whose classes are known, in the images' order.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="truths">The index of each image's class among the classifier's labels.</param>
    /// <exception cref="ArgumentException">The numbers of classes and images differ.</exception>
    public static IReadOnlyList<ImageResult> Create(
        ZeroShotClassifier classifier,
        EmbeddingMatrix images,
        IReadOnlyList<int> truths
    )
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return Create((ILabelClassifier)classifier, images, truths);
    }

    /// <summary>The same of any classifier.</summary>
    internal static IReadOnlyList<ImageResult> Create(
        ILabelClassifier classifier,
        EmbeddingMatrix images,
        IReadOnlyList<int> truths
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(truths);
        if (images.Count != truths.Count)
        {
            throw new ArgumentException(
                $"Each image has one class, and there are {images.Count} images and {truths.Count} classes of them."
            );
        }

        ImageResult[] outcomes = new ImageResult[images.Count];
        Parallel.For(0, images.Count, image =>
        {
            (float[] scores, float[] probabilities) = classifier.Score(images[image]);
            outcomes[image] = Create(scores, probabilities, truths[image]);
        });
        return outcomes;
    }
}
