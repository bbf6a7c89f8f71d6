using Cupola.ZeroShot;

namespace Cupola.FewShot;

/// <summary>Zero-shot scores in double precision.</summary>
/// <param name="weights">The class vectors.</param>
internal sealed class ClassScores(ClassWeights weights)
{
    private readonly DoubleRows _vectors = DoubleRows.From(weights.Vectors);

    /// <summary>The score of each label for each image: [images, labels].</summary>
    /// <param name="embeddings">[images, dimension].</param>
    public DoubleRows Compute(DoubleRows embeddings)
    {
        DoubleRows products = embeddings.Times(_vectors);
        if (products.Columns == weights.ClassCount)
        {
            return products;
        }

        // Several vectors a label: the best of them counts.
        DoubleRows scores = new(products.Count, weights.ClassCount);
        scores.Values.Fill(double.NegativeInfinity);
        for (int image = 0; image < products.Count; image++)
        {
            for (int row = 0; row < products.Columns; row++)
            {
                ref double score = ref scores[image][weights.ClassOfRow[row]];
                score = Math.Max(score, products[image][row]);
            }
        }

        return scores;
    }
}
