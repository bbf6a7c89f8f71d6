using System.Numerics.Tensors;
using Cupola.Embedding;

namespace Cupola.Evaluation;

/// <summary>
/// How well texts and pictures find each other (arXiv 2103.00020, table 13): recall@k is the share of queries with a right answer among the k best of all. Equal scores are decided against the
/// right answer, so that a model for which everything is alike finds nothing.
/// </summary>
public sealed class RetrievalRecall
{
    private readonly int[] _textRanks;
    private readonly int[] _pictureRanks;

    private RetrievalRecall(int[] textRanks, int[] pictureRanks) => (_textRanks, _pictureRanks) = (textRanks, pictureRanks);

    /// <summary>How many pictures there are.</summary>
    public int Pictures => _pictureRanks.Length;

    /// <summary>How many texts there are.</summary>
    public int Texts => _textRanks.Length;

    /// <summary>Compares every text, which is about one picture each, with every picture.</summary>
    /// <param name="pictures">Unit embeddings, [pictures, dimension].</param>
    /// <param name="texts">Unit embeddings, [texts, dimension].</param>
    /// <param name="pictureOfText">The picture that each text is about; a picture may have several texts, and has one at least.</param>
    /// <exception cref="ArgumentException">A text is about no picture, or a picture has no text.</exception>
    public static RetrievalRecall Of(EmbeddingMatrix pictures, EmbeddingMatrix texts, IReadOnlyList<int> pictureOfText)
    {
        ArgumentNullException.ThrowIfNull(pictureOfText);
        return Of(pictures, texts, [.. pictureOfText.Select(static picture => (IReadOnlyCollection<int>)[picture])]);
    }

    /// <summary>
    /// Compares every text with every picture, a text at a time, so that memory grows with their numbers and not with the
    /// product. A text may be about several pictures, each of which is a right answer to it.
    /// </summary>
    /// <param name="pictures">Unit embeddings, [pictures, dimension].</param>
    /// <param name="texts">Unit embeddings, [texts, dimension].</param>
    /// <param name="picturesOfText">
    /// The pictures that each text is about, one at least; a picture may have several texts, and has one at least.
    /// </param>
    /// <exception cref="ArgumentException">A text is about no picture, or a picture has no text.</exception>
    public static RetrievalRecall Of(
        EmbeddingMatrix pictures, EmbeddingMatrix texts, IReadOnlyList<IReadOnlyCollection<int>> picturesOfText)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(picturesOfText);
        HashSet<int>[] own = [.. picturesOfText.Select(static some => some.ToHashSet())];
        if (texts.Count != own.Length
            || own.Any(some => some.Count == 0 || some.Any(picture => picture < 0 || picture >= pictures.Count))
            || own.SelectMany(static some => some).Distinct().Count() != pictures.Count)
        {
            throw new ArgumentException(
                $"Each text is about a picture, and each picture has a text; "
                + $"there are {pictures.Count} pictures, {texts.Count} texts and {own.Length} places.", nameof(picturesOfText));
        }

        // What a picture's best own text scores, which the others are measured by.
        float[] best = new float[pictures.Count];
        best.AsSpan().Fill(float.NegativeInfinity);
        foreach ((int text, HashSet<int> some) in own.Index())
        {
            foreach (int picture in some)
            {
                best[picture] = MathF.Max(best[picture], TensorPrimitives.Dot(texts[text], pictures[picture]));
            }
        }

        int[] textRanks = new int[texts.Count], pictureRanks = new int[pictures.Count];
        Parallel.For(0, texts.Count, text =>
        {
            int rank = 0;
            float right = own[text].Max(picture => TensorPrimitives.Dot(texts[text], pictures[picture]));
            for (int picture = 0; picture < pictures.Count; picture++)
            {
                if (own[text].Contains(picture))
                {
                    continue;
                }

                float score = TensorPrimitives.Dot(texts[text], pictures[picture]);
                rank += score >= right ? 1 : 0;
                if (score >= best[picture])
                {
                    Interlocked.Increment(ref pictureRanks[picture]);
                }
            }

            textRanks[text] = rank;
        });
        return new(textRanks, pictureRanks);
    }

    /// <summary>The texts of which a picture is among the k best.</summary>
    public Accuracy TextToImage(int k) => new(_textRanks.Count(rank => rank < k), _textRanks.Length);

    /// <summary>The pictures one of whose texts is among the k best.</summary>
    public Accuracy ImageToText(int k) => new(_pictureRanks.Count(rank => rank < k), _pictureRanks.Length);
}
