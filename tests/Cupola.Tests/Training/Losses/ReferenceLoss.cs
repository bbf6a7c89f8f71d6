namespace Cupola.Tests.Training.Losses;

/// <summary>
/// The losses as their papers write them, over all logits at once and in float64: what the blockwise ones are compared with. A
/// pair's own text counts always; another that <c>isMasked</c> names is no negative.
/// </summary>
internal static class ReferenceLoss
{
    /// <summary>
    /// CLIP's: the cross-entropy of each image with its text among all texts, and of each text with its image, on average (arXiv
    /// 2103.00020, figure 3).
    /// </summary>
    public static double Contrastive(double[,] logits, Func<int, int, bool> isMasked)
    {
        int pairs = logits.GetLength(0);
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            double texts = 0,
                images = 0;
            for (int other = 0; other < pairs; other++)
            {
                texts += isMasked(pair, other) ? 0 : Math.Exp(logits[pair, other]);
                images += isMasked(other, pair) ? 0 : Math.Exp(logits[other, pair]);
            }

            sum += Math.Log(texts) + Math.Log(images) - (2 * logits[pair, pair]);
        }

        return sum / (2 * pairs);
    }

    /// <summary>
    /// SigLIP's: whether an image and a text belong together, asked of every two by themselves (arXiv 2303.15343, algorithm 1).
    /// </summary>
    public static double Sigmoid(double[,] logits, double bias, Func<int, int, bool> isMasked)
    {
        int pairs = logits.GetLength(0);
        double sum = 0;
        for (int image = 0; image < pairs; image++)
        {
            for (int text = 0; text < pairs; text++)
            {
                int sign = image == text ? 1 : -1;
                sum += isMasked(image, text) ? 0 : Math.Log(1 + Math.Exp(-sign * (logits[image, text] + bias)));
            }
        }

        return sum / pairs;
    }
}
