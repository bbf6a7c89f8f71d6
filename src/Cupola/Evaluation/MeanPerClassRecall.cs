using MathNet.Numerics.Distributions;

namespace Cupola.Evaluation;

/// <summary>
/// The mean of the classes' recalls, so that a class with few images counts as much as one with many. Its interval is the
/// percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3), stratified: images are
/// resampled within each class.
/// </summary>
internal static class MeanPerClassRecall
{
    /// <summary>
    /// Enough that the ends of a 95 % interval vary little with the seed (Efron and Tibshirani, p. 275, ask for a thousand).
    /// </summary>
    private const int Resamples = 2000;

    /// <summary>The mean over the classes that have images; 0 if none has.</summary>
    /// <param name="classes">The right answers and the images of each class.</param>
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
    /// <param name="classes">The right answers and the images of each class.</param>
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
                // Among n images drawn with replacement, the number of right ones is binomial.
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
