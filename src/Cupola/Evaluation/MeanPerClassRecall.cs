using MathNet.Numerics.Distributions;

namespace Cupola.Evaluation;

/// <summary>
/// The mean over classes of the share of a class's images that were answered rightly, so that a class with few images counts as
/// much as one with many. Its interval is
/// the percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3), stratified: images are
/// drawn anew within each class.
/// </summary>
internal static class MeanPerClassRecall
{
    /// <summary>
    /// Enough that the ends of a 95 % interval move by little from seed to seed (Efron and Tibshirani, p. 275, ask for a
    /// thousand).
    /// </summary>
    private const int Resamples = 2000;

    /// <summary>The mean over the classes that have images; 0 where none has.</summary>
    /// <param name="classes">How many of each class's images were answered rightly, and how many there are.</param>
    public static double Compute(IReadOnlyList<(int Right, int Images)> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return classes
            .Where(static each => each.Images > 0)
            .Select(static each => (double)each.Right / each.Images)
            .DefaultIfEmpty(0)
            .Average();
    }

    /// <summary>The interval of the mean.</summary>
    /// <param name="classes">How many of each class's images were answered rightly, and how many there are.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    public static Interval IntervalOf(IReadOnlyList<(int Right, int Images)> classes, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(classes);
        (int Right, int Images)[] seen = [.. classes.Where(static each => each.Images > 0)];
        if (seen.Length == 0)
        {
            return new(0, 1);
        }

        Random random = new(seed);
        double[] means = new double[Resamples];
        for (int resample = 0; resample < Resamples; resample++)
        {
            double sum = 0;
            foreach ((int right, int images) in seen)
            {
                // Of n images drawn with replacement, binomially many are right ones.
                double share = (double)right / images;
                sum += right == 0 || right == images ? share : (double)Binomial.Sample(random, share, images) / images;
            }

            means[resample] = sum / seen.Length;
        }

        Array.Sort(means);
        double tail = (1 - Interval.Confidence) / 2;
        return new(means[(int)(tail * Resamples)], means[(int)((1 - tail) * Resamples) - 1]);
    }
}
