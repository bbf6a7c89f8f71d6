using static System.FormattableString;

namespace Cupola.Evaluation;

/// <summary>What was answered for an image whose class is known.</summary>
/// <param name="Truth">The right class, as its position among the labels.</param>
/// <param name="Answer">The class that was answered.</param>
/// <param name="Rank">How many classes were placed before the right one; 0 where the answer is right.</param>
/// <param name="Confidence">The probability of the answer.</param>
/// <param name="TruthProbability">The probability of the right class.</param>
public sealed record ImageResult(int Truth, int Answer, int Rank, float Confidence, float TruthProbability)
{
    /// <summary>Whether the answer is the right class.</summary>
    public bool IsRight => Rank == 0;

    /// <summary>The outcome for one image; of equal scores the first label's comes first, as in the reference's argmax.</summary>
    /// <param name="scores">Of all labels: what decides.</param>
    /// <param name="probabilities">
    /// Of all labels: what is said of how sure the answer is. Scores that differ may have equal probabilities, so they do not
    /// decide.
    /// </param>
    /// <param name="truth">The position of the right label.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many scores as probabilities, or the right label is none of them.
    /// </exception>
    public static ImageResult Create(ReadOnlySpan<float> scores, ReadOnlySpan<float> probabilities, int truth)
    {
        if (scores.Length != probabilities.Length || truth < 0 || truth >= scores.Length)
        {
            throw new ArgumentException(
                Invariant(
                    $"The right label {truth} has no place among {scores.Length} scores and {probabilities.Length} probabilities."
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

    /// <summary>What a classifier answers for images whose classes are known, in their order.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="images">Unit embeddings: [images, dimension].</param>
    /// <param name="truths">The position of each image's class among the classifier's labels.</param>
    /// <exception cref="ArgumentException">There are not as many classes as images.</exception>
    public static IReadOnlyList<ImageResult> Create(
        ZeroShotClassifier classifier,
        EmbeddingMatrix images,
        IReadOnlyList<int> truths
    )
    {
        ArgumentNullException.ThrowIfNull(classifier);
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
