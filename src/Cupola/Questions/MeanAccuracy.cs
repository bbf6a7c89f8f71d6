using Cupola.Evaluation;
using MathNet.Numerics.Distributions;

namespace Cupola.Questions;

/// <summary>A mean of accuracies from 0 to 1.</summary>
/// <param name="Questions">Over how many questions.</param>
/// <param name="Mean">The mean.</param>
internal sealed record MeanAccuracy(int Questions, double Mean)
{
    /// <summary>
    /// Wilson's interval of the mean. It is made for shares, whose variance no other numbers from 0 to 1 exceed, so that it is
    /// rather too long than too short.
    /// </summary>
    public Interval Interval { get; } = WilsonInterval.OfMean(Mean, Questions);

    /// <summary>The mean of accuracies.</summary>
    public static MeanAccuracy Of(IReadOnlyCollection<double> accuracies) =>
        new(accuracies.Count, accuracies.Count == 0 ? 0 : accuracies.Average());
}

/// <summary>
/// A paired comparison of two ways to answer the same questions: the mean difference of their accuracies, and how often one at
/// least as large arises where each difference could as well have the other sign (a randomization test).
/// </summary>
/// <param name="Difference">The first's mean accuracy minus the second's.</param>
/// <param name="Interval">Its 95 % interval, by the normal distribution.</param>
/// <param name="P">The two-sided p-value.</param>
internal sealed record PairedMeans(double Difference, Interval Interval, double P)
{
    private const int Draws = 10_000;

    // Beyond this the normal distribution is as good.
    private const int MostDrawn = 2_000;

    /// <summary>Compares two lists of accuracies of the same questions.</summary>
    public static PairedMeans Compare(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] differences = [.. first.Zip(second, static (one, other) => one - other)];
        int count = differences.Length;
        double mean = count == 0 ? 0 : differences.Average();
        double variance = count < 2 ? 1 : differences.Sum(each => (each - mean) * (each - mean)) / (count - 1);
        double half = count == 0 ? 1 : WilsonInterval.StandardErrors * Math.Sqrt(variance / count);
        double[] unequal = [.. differences.Where(static each => each != 0)];
        return new(mean, new(Math.Max(-1, mean - half), Math.Min(1, mean + half)), Probability(unequal));
    }

    private static double Probability(double[] differences)
    {
        double sum = Math.Abs(differences.Sum());
        if (differences.Length == 0)
        {
            return 1;
        }

        if (differences.Length > MostDrawn)
        {
            double deviation = Math.Sqrt(differences.Sum(static each => each * each));
            return 2 * Normal.CDF(0, 1, -sum / deviation);
        }

        // The same numbers give the same p in every run.
        Random random = new(1);
        int atLeast = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            double drawn = 0;
            foreach (double difference in differences)
            {
                drawn += random.Next(2) == 0 ? difference : -difference;
            }

            // Sums of the same numbers in another order may differ in the last digit.
            atLeast += Math.Abs(drawn) >= sum - 1e-9 ? 1 : 0;
        }

        return (atLeast + 1.0) / (Draws + 1);
    }
}
