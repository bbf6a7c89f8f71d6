using System.Numerics.Tensors;

namespace Cupola.Evaluation;

/// <summary>
/// How well texts and images find each other (arXiv 2103.00020, table 13): recall@k is the share of queries with a right answer
/// among the k best of all. Equal scores are decided against the
/// right answer, so that a model for which everything is alike finds nothing.
/// </summary>
public sealed class RetrievalRecall
{
    private readonly int[] _textRanks;
    private readonly int[] _imageRanks;

    private RetrievalRecall(int[] textRanks, int[] imageRanks) => (_textRanks, _imageRanks) = (textRanks, imageRanks);

    /// <summary>How many images there are.</summary>
    public int Images => _imageRanks.Length;

    /// <summary>How many texts there are.</summary>
    public int Texts => _textRanks.Length;

    /// <summary>Compares every text, which is about one image each, with every image.</summary>
    /// <param name="images">Unit embeddings, [images, dimension].</param>
    /// <param name="texts">Unit embeddings, [texts, dimension].</param>
    /// <param name="imageOfText">
    /// The image that each text is about; an image may have several texts, and has one at least.
    /// </param>
    /// <exception cref="ArgumentException">A text is about no image, or an image has no text.</exception>
    public static RetrievalRecall Compute(EmbeddingMatrix images, EmbeddingMatrix texts, IReadOnlyList<int> imageOfText)
    {
        ArgumentNullException.ThrowIfNull(imageOfText);
        return Compute(images, texts, [.. imageOfText.Select(static image => (IReadOnlyCollection<int>)[image])]);
    }

    /// <summary>
    /// Compares every text with every image, a text at a time, so that memory grows with their numbers and not with the
    /// product. A text may be about several images, each of which is a right answer to it.
    /// </summary>
    /// <param name="images">Unit embeddings, [images, dimension].</param>
    /// <param name="texts">Unit embeddings, [texts, dimension].</param>
    /// <param name="imagesOfText">
    /// The images that each text is about, one at least; an image may have several texts, and has one at least.
    /// </param>
    /// <exception cref="ArgumentException">A text is about no image, or an image has no text.</exception>
    public static RetrievalRecall Compute(
        EmbeddingMatrix images,
        EmbeddingMatrix texts,
        IReadOnlyList<IReadOnlyCollection<int>> imagesOfText
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(imagesOfText);
        HashSet<int>[] own = [.. imagesOfText.Select(static some => some.ToHashSet())];
        if (
            texts.Count != own.Length
            || own.Any(some => some.Count == 0 || some.Any(image => image < 0 || image >= images.Count))
            || own.SelectMany(static some => some).Distinct().Count() != images.Count
        )
        {
            throw new ArgumentException(
                $"Each text is about an image, and each image has a text; "
                    + $"there are {images.Count} images, {texts.Count} texts and {own.Length} places.",
                nameof(imagesOfText)
            );
        }

        // What an image's best own text scores, which the others are measured by.
        float[] best = new float[images.Count];
        best.AsSpan().Fill(float.NegativeInfinity);
        foreach ((int text, HashSet<int> some) in own.Index())
        {
            foreach (int image in some)
            {
                best[image] = MathF.Max(best[image], TensorPrimitives.Dot(texts[text], images[image]));
            }
        }

        int[] textRanks = new int[texts.Count],
            imageRanks = new int[images.Count];
        Parallel.For(0, texts.Count, text =>
        {
            int rank = 0;
            float right = own[text].Max(image => TensorPrimitives.Dot(texts[text], images[image]));
            for (int image = 0; image < images.Count; image++)
            {
                if (own[text].Contains(image))
                {
                    continue;
                }

                float score = TensorPrimitives.Dot(texts[text], images[image]);
                rank += score >= right ? 1 : 0;
                if (score >= best[image])
                {
                    Interlocked.Increment(ref imageRanks[image]);
                }
            }

            textRanks[text] = rank;
        });
        return new(textRanks, imageRanks);
    }

    /// <summary>The texts of which an image is among the k best.</summary>
    public Accuracy TextToImage(int k) => new(_textRanks.Count(rank => rank < k), _textRanks.Length);

    /// <summary>The images one of whose texts is among the k best.</summary>
    public Accuracy ImageToText(int k) => new(_imageRanks.Count(rank => rank < k), _imageRanks.Length);
}
