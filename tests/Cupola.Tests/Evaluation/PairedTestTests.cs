using Cupola.Evaluation;

namespace Cupola.Tests.Evaluation;

/// <summary>Whether two prompt sets differ, against worked examples.</summary>
public sealed class PairedTestTests
{
    /// <summary>
    /// Airway hyper-responsiveness before and after a transplantation, 7 against 1 of 21 children: the exact conditional test
    /// gives 0.070 (Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91, 2013, table 8). Approval of a
    /// minister, 150 against 86 of 1,600 (Agresti, Categorical Data Analysis, 2002, table 10.1): 3.716e-5 is the sum of the
    /// binomial terms in whole numbers, 2 Σ C(236, k) / 2^236 for k up to 86; likewise the next.
    /// </summary>
    [Theory]
    [InlineData(1, 7, 0.0703125)]
    [InlineData(7, 1, 0.0703125)]
    [InlineData(150, 86, 3.715936139571442e-05)]
    [InlineData(31, 52, 0.027534178012294526)]
    [InlineData(0, 6, 0.03125)]
    [InlineData(0, 5, 0.0625)]
    [InlineData(4, 4, 1)]
    [InlineData(0, 0, 1)]
    public void McNemarsTestIsExact(int onlyFirst, int onlySecond, double p) =>
        Assert.Equal(p, new PairedTest(2000, onlyFirst, onlySecond).P, p * 1e-9);

    /// <summary>
    /// Agresti (above, section 10.1.2): the approval fell by 0.04, with an interval from 0.02 to 0.06; by Agresti and Min's
    /// formula, worked by hand, 0.0212 to 0.0587.
    /// </summary>
    [Fact]
    public void TheDifferenceHasTheIntervalOfAgrestiAndMin()
    {
        PairedTest test = new(1600, 150, 86);

        Assert.Equal(-0.04, test.Difference, 1e-12);
        Assert.Equal(-0.0587, test.DifferenceInterval.Low, 0.00005);
        Assert.Equal(-0.0212, test.DifferenceInterval.High, 0.00005);
    }

    [Fact]
    public void OnlyImagesThatTellThemApartAreCounted()
    {
        ImageResult[] first = [Right(0), Right(1), Wrong(2), Wrong(3), Wrong(4)],
            second = [Right(0), Wrong(1), Right(2), Right(3), Wrong(4)];

        Assert.Equal(new PairedTest(5, 1, 2), PairedTest.Compute(first, second));
        Assert.Throws<ArgumentException>(() => PairedTest.Compute(first, second[..4]));
        Assert.Throws<ArgumentException>(() => PairedTest.Compute(first, [.. second.Reverse()]));

        static ImageResult Right(int truth) => new(truth, truth, 0, 0.5f, 0.5f);

        static ImageResult Wrong(int truth) => new(truth, truth + 1, 1, 0.6f, 0.4f);
    }
}
