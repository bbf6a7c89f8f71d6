namespace Cupola.Retrieval;

/// <summary>
/// What a cosine means over a library: words of all kinds are asked for too, and a query fits where it reaches what few of their
/// best images do. Of a photo library some of these words are in it and most are not, so their best cosines are those of good
/// answers and of bad ones.
/// </summary>
internal static class BackgroundWords
{
    /// <summary>Images of a library that the words are looked for in; more change the best cosine little.</summary>
    private const int SampleSize = 50_000;

    /// <summary>The share of words whose best image a likely one surpasses (docs/search.md says how it was chosen).</summary>
    private const double Surpassed = 0.75;

    private static readonly string[] Words =
    [
        "a person",
        "a child",
        "a group of people",
        "a dog",
        "a cat",
        "a bird",
        "a horse",
        "a fish",
        "an insect",
        "a wild animal",
        "a flower",
        "a tree",
        "a forest",
        "a mountain",
        "a beach",
        "the sea",
        "a river",
        "the sky",
        "snow",
        "a desert",
        "a house",
        "a street",
        "a city",
        "a bridge",
        "a church",
        "a room",
        "a kitchen",
        "furniture",
        "a garden",
        "a field",
        "a car",
        "a bicycle",
        "a train",
        "an aeroplane",
        "a boat",
        "food",
        "fruit",
        "a drink",
        "a cake",
        "a meal",
        "a book",
        "a computer",
        "a telephone",
        "a machine",
        "a tool",
        "clothes",
        "a toy",
        "a musical instrument",
        "a ball",
        "a sports match",
        "a party",
        "a wedding",
        "a concert",
        "art",
        "a painting",
        "a sign",
        "a document",
        "a map",
        "a flag",
        "night",
        "fire",
        "a pattern",
        "a portrait",
        "a screenshot",
    ];

    /// <summary>The cosine from which on an image is a likely answer.</summary>
    /// <param name="index">The index, which keeps the words' embeddings.</param>
    /// <param name="rows">Its vectors.</param>
    /// <param name="used">The rows that images have.</param>
    public static float LikelyFrom(ImageIndex index, VectorFile.Rows rows, long[] used)
    {
        int step = Math.Max(1, used.Length / SampleSize);
        long[] sample = [.. used.Where((_, place) => place % step == 0)];
        float[][] words = index.Words(Words);
        var best = new float[words.Length];
        Parallel.For(0, words.Length, new ParallelOptions { MaxDegreeOfParallelism = index.Embedder.Threads }, word =>
            best[word] = ExactScan.Highest(rows, sample, words[word])
        );
        Array.Sort(best);
        return best[(int)(Surpassed * (best.Length - 1))];
    }
}
