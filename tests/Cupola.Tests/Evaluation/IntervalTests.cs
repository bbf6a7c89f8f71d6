using Cupola.Evaluation;
using MathNet.Numerics.Distributions;

namespace Cupola.Tests.Evaluation;

/// <summary>How sure one can be of a share, against published figures.</summary>
public sealed class IntervalTests
{
    /// <summary>
    /// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, p. 857, table
    /// I, method 3.
    /// </summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void WilsonsIntervalIsNewcombes(int right, int trials, double low, double high)
    {
        Interval interval = WilsonInterval.Compute(right, trials);

        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
        // Of wrong answers it says the same, mirrored.
        Assert.Equal(1 - high, WilsonInterval.Compute(trials - right, trials).Low, 0.00005);
    }

    [Fact]
    public void WilsonsIntervalEndsWhereSharesEnd()
    {
        Assert.Equal(0, WilsonInterval.Compute(0, 7).Low);
        Assert.Equal(1, WilsonInterval.Compute(7, 7).High);
        Assert.Equal(new Interval(0, 1), WilsonInterval.Compute(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Compute(8, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Compute(-1, 7));
    }

    [Fact]
    public void EveryClassCountsTheSameInTheMean()
    {
        Assert.Equal(((90.0 / 100) + (1.0 / 5)) / 2, MeanPerClassRecall.Compute([(90, 100), (0, 0), (1, 5)]), 1e-12);
        Assert.Equal(0, MeanPerClassRecall.Compute([(0, 0)]));
        Assert.Equal(new Interval(0, 1), MeanPerClassRecall.IntervalOf([(0, 0)]));
    }

    /// <summary>
    /// Of one class the resampled recalls are binomial, and 40 and 60 of 100 are the quantiles of a fair coin (tables of the
    /// binomial distribution).
    /// </summary>
    [Fact]
    public void TheBootstrapsIntervalOfOneClassIsTheBinomialsQuantiles()
    {
        Interval interval = MeanPerClassRecall.IntervalOf([(50, 100)]);

        Assert.Equal(0.40, interval.Low, 0.0101);
        Assert.Equal(0.60, interval.High, 0.0101);
    }

    /// <summary>A mean over many classes is nearly normal, with the variance Σ p (1 − p) / n / classes².</summary>
    [Fact]
    public void TheBootstrapsIntervalOfManyClassesIsTheNormalOne()
    {
        (int Right, int Images)[] classes = [.. Enumerable.Range(1, 60).Select(static index => (index, 61 + (index % 40)))];
        double mean = MeanPerClassRecall.Compute(classes);
        double deviation =
            Math.Sqrt(
                classes.Sum(static each =>
                    (double)each.Right / each.Images * (1 - ((double)each.Right / each.Images)) / each.Images
                )
            ) / classes.Length;

        Interval interval = MeanPerClassRecall.IntervalOf(classes, seed: 3);

        Assert.Equal(mean + Normal.InvCDF(0, deviation, 0.025), interval.Low, 0.1 * deviation);
        Assert.Equal(mean + Normal.InvCDF(0, deviation, 0.975), interval.High, 0.1 * deviation);
    }

    [Fact]
    public void TheBootstrapIsTheSameForTheSameSeed()
    {
        (int, int)[] classes = [(3, 10), (7, 10), (5, 9)];

        Assert.Equal(MeanPerClassRecall.IntervalOf(classes, seed: 1), MeanPerClassRecall.IntervalOf(classes, seed: 1));
        Assert.Equal(new Interval(0.5, 0.5), MeanPerClassRecall.IntervalOf([(10, 10), (0, 10)]));
    }
}
