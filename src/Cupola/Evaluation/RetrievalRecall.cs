namespace Cupola.Evaluation;

/// <summary>
/// The recall of retrieval between texts and images (arXiv 2103.00020, table 13): recall@k is the share of queries with a right
/// answer among the k best. Ties count against the right answer, so that a model that gives everything the same score finds
/// nothing.
/// </summary>
public sealed class RetrievalRecall
{
    private readonly int[] _textRanks;
    private readonly int[] _imageRanks;

    private RetrievalRecall(int[] textRanks, int[] imageRanks) => (_textRanks, _imageRanks) = (textRanks, imageRanks);

    /// <summary>The number of images.</summary>
    public int Images => _imageRanks.Length;

    /// <summary>The number of texts.</summary>
    public int Texts => _textRanks.Length;

    /// <summary>Compares every text, which describes one image, with every image.</summary>
    /// <param name="images">Unit embeddings, [images, dimension].</param>
    /// <param name="texts">Unit embeddings, [texts, dimension].</param>
    /// <param name="imageOfText">
    /// The image that each text describes; an image may have several texts, and has at least one.
    /// </param>
    /// <exception cref="ArgumentException">A text describes no image, or an image has no text.</exception>
    public static RetrievalRecall Compute(EmbeddingMatrix images, EmbeddingMatrix texts, IReadOnlyList<int> imageOfText)
    {
        ArgumentNullException.ThrowIfNull(imageOfText);
        return Compute(images, texts, [.. imageOfText.Select(static image => (IReadOnlyCollection<int>)[image])]);
    }

    /// <summary>
    /// Compares every text with every image, one text at a time, so that memory grows with their numbers and not with the
    /// product. A text may describe several images, each of which is a right answer.
    /// </summary>
    /// <param name="images">Unit embeddings, [images, dimension].</param>
    /// <param name="texts">Unit embeddings, [texts, dimension].</param>
    /// <param name="imagesOfText">
    /// The images that each text describes, at least one; an image may have several texts, and has at least one.
    /// </param>
    /// <exception cref="ArgumentException">A text describes no image, or an image has no text.</exception>
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
                $"Each text describes an image, and each image has a text; "
                    + $"there are {images.Count} images, {texts.Count} texts and {own.Length} indices.",
                nameof(imagesOfText)
            );
        }

        float[] best = BestOwnScores(images, texts, own);
        int[] textRanks = new int[texts.Count],
            imageRanks = new int[images.Count];
        Parallel.For(
            0,
            texts.Count,
            () => new float[images.Count],
            (text, _, scores) =>
            {
                images.Scores(texts[text], scores);
                int rank = 0;
                float right = own[text].Max(image => scores[image]);
                for (int image = 0; image < images.Count; image++)
                {
                    if (own[text].Contains(image))
                    {
                        continue;
                    }

                    rank += scores[image] >= right ? 1 : 0;
                    if (scores[image] >= best[image])
                    {
                        Interlocked.Increment(ref imageRanks[image]);
                    }
                }

                textRanks[text] = rank;
                return scores;
            },
            static _ => { }
        );
        return new(textRanks, imageRanks);
    }

    /// <summary>The score of each image's best own text, with which the other scores are compared.</summary>
    private static float[] BestOwnScores(EmbeddingMatrix images, EmbeddingMatrix texts, HashSet<int>[] own)
    {
        float[] best = new float[images.Count];
        best.AsSpan().Fill(float.NegativeInfinity);
        foreach ((int text, HashSet<int> some) in own.Index())
        {
            foreach (int image in some)
            {
                best[image] = MathF.Max(best[image], images.Score(image, texts[text]));
            }
        }

        return best;
    }

    /// <summary>The number of texts for which a right image is among the k best.</summary>
    public Accuracy TextToImage(int k) => new(_textRanks.Count(rank => rank < k), _textRanks.Length);

    /// <summary>The number of images for which a right text is among the k best.</summary>
    public Accuracy ImageToText(int k) => new(_imageRanks.Count(rank => rank < k), _imageRanks.Length);
}
