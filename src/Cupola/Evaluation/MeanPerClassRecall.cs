using MathNet.Numerics.Distributions;

namespace Cupola.Evaluation;

/// <summary>
/// The mean over classes of the share of a class's pictures that were answered rightly, so that a class with few pictures counts as much as one with many. Its interval is
/// the percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3), stratified: pictures are drawn anew within each class.
/// </summary>
public static class MeanPerClassRecall
{
    /// <summary>Enough that the ends of a 95 % interval move by little from seed to seed (Efron and Tibshirani, p. 275, ask for a thousand).</summary>
    private const int Resamples = 2000;

    /// <summary>The mean over the classes that have pictures; 0 where none has.</summary>
    /// <param name="classes">How many of each class's pictures were answered rightly, and how many there are.</param>
    public static double Of(IReadOnlyList<(int Right, int Pictures)> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return classes.Where(static each => each.Pictures > 0).Select(static each => (double)each.Right / each.Pictures).DefaultIfEmpty(0).Average();
    }

    /// <summary>The interval of the mean.</summary>
    /// <param name="classes">How many of each class's pictures were answered rightly, and how many there are.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    public static Interval IntervalOf(IReadOnlyList<(int Right, int Pictures)> classes, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(classes);
        (int Right, int Pictures)[] seen = [.. classes.Where(static each => each.Pictures > 0)];
        if (seen.Length == 0)
        {
            return new(0, 1);
        }

        Random random = new(seed);
        double[] means = new double[Resamples];
        for (int resample = 0; resample < Resamples; resample++)
        {
            double sum = 0;
            foreach ((int right, int pictures) in seen)
            {
                // Of n pictures drawn with replacement, binomially many are right ones.
                double share = (double)right / pictures;
                sum += right == 0 || right == pictures ? share : (double)Binomial.Sample(random, share, pictures) / pictures;
            }

            means[resample] = sum / seen.Length;
        }

        Array.Sort(means);
        double tail = (1 - Interval.Confidence) / 2;
        return new(means[(int)(tail * Resamples)], means[(int)((1 - tail) * Resamples) - 1]);
    }
}
