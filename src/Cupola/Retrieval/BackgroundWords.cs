namespace Cupola.Retrieval;

/// <summary>
/// Words of all kinds, against which a query is held: an image that some of them fit as well as the query does is no match. Each
/// word is standardised over the library, as terms are.
/// </summary>
internal sealed class BackgroundWords
{
    /// <summary>Images of a library that are looked at for mean and deviation of a word.</summary>
    private const int SampleSize = 4096;

    /// <summary>The share of words that a match leaves behind.</summary>
    private const double LeftBehind = 0.95;

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

    private readonly VectorFile.Rows _rows;
    private readonly float[][] _vectors;
    private readonly (double Mean, double Deviation)[] _moments;

    private BackgroundWords(VectorFile.Rows rows, float[][] vectors, (double, double)[] moments) =>
        (_rows, _vectors, _moments) = (rows, vectors, moments);

    /// <summary>The words over a library.</summary>
    /// <param name="index">The index, which keeps what the words' embeddings are.</param>
    /// <param name="rows">Its vectors, which stay in memory for as long as this is used.</param>
    /// <param name="used">The rows that images have.</param>
    public static BackgroundWords Over(ImageIndex index, VectorFile.Rows rows, long[] used)
    {
        int step = Math.Max(1, used.Length / SampleSize);
        long[] sample = [.. used.Where((_, place) => place % step == 0)];
        float[][] vectors = index.Words(Words);
        (double, double)[] moments =
        [
            .. vectors.Select(vector =>
            {
                double[] cosines = [.. sample.Select(row => ExactScan.ExactDot(rows[row], vector))];
                double mean = cosines.Average();
                return (mean, Math.Sqrt(cosines.Average(cosine => Math.Pow(cosine - mean, 2))));
            }),
        ];
        return new(rows, vectors, moments);
    }

    /// <summary>Whether nearly all words stand out less in an image than a query does.</summary>
    /// <param name="row">The image's vector.</param>
    /// <param name="score">How far the query stands out there, in standard deviations.</param>
    public bool IsBelow(long row, double score)
    {
        double[] scores =
        [
            .. _vectors
                .Select(
                    (vector, word) => (ExactScan.ExactDot(_rows[row], vector) - _moments[word].Mean) / _moments[word].Deviation
                )
                .Order(),
        ];
        return score > scores[(int)(LeftBehind * (scores.Length - 1))];
    }
}
