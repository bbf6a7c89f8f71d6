namespace Cupola.Retrieval;

/// <summary>
/// What a cosine means over a library: words of all kinds are asked for too, and a query fits where it reaches what few of their
/// best images do. Of a photo library some of these words are in it and most are not, so their best cosines are those of good
/// answers and of bad ones.
/// </summary>
internal static class BackgroundWords
{
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
    public static float LikelyFrom(ImageIndex index)
    {
        float[] best = [.. index.Store.Highest(index.Words(Words)).Order()];
        return best[(int)(Surpassed * (best.Length - 1))];
    }
}
