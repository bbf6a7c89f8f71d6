using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Tests.Reports;

/// <summary>Charts put numbers where their axes say.</summary>
public sealed class ChartTests
{
    [Theory]
    [InlineData(0, 1, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(0, 0.6, new[] { 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 })]
    [InlineData(0, 31_000, new double[] { 0, 10_000, 20_000, 30_000 })]
    [InlineData(-0.7, 0.2, new[] { -0.6, -0.4, -0.2, 0, 0.2 })]
    [InlineData(2, 2.01, new[] { 2, 2.002, 2.004, 2.006, 2.008, 2.01 })]
    public void MarksAreRoundAndFew(double low, double high, double[] marks) =>
        Assert.Equal(marks, new ChartAxis("", low, high, ChartAxis.Plain).Marks, static (one, other) =>
            Math.Abs(one - other) < 1e-9
        );

    [Theory]
    [InlineData(new[] { 0.3, 4.1, double.NaN, double.PositiveInfinity }, 0, 5)]
    [InlineData(new double[] { }, 0, 1)]
    [InlineData(new[] { 0.0, 0.0 }, 0, 1)]
    [InlineData(new[] { 5.0 }, 4.4, 5.6)]
    [InlineData(new[] { -1e-9, 3e-9 }, -1e-9, 3e-9)]
    public void AnAxisHoldsAllNumbersThatAreSome(double[] values, double low, double high)
    {
        ChartAxis axis = ChartAxis.Over("", values);

        Assert.Equal(low, axis.Low, 1e-10);
        Assert.Equal(high, axis.High, 1e-10);
        Assert.All(values.Where(double.IsFinite), value => Assert.InRange(value, axis.Low, axis.High));
        Assert.InRange(axis.Marks.Count, 2, 7);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0005, "0.0005")]
    [InlineData(0.00000123, "1.23e-6")]
    [InlineData(0.25, "0.25")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(31000, "31,000")]
    public void NumbersAreShort(double value, string text) => Assert.Equal(text, ChartAxis.Plain(value));

    [Fact]
    public void ALineIsBrokenWhereSomethingIsNoNumber()
    {
        Chart chart = new(new("steps", 0, 4, ChartAxis.Plain), new("loss", 0, 10, ChartAxis.Plain), width: 154, height: 156);

        chart.AddLine("curve", [(0, 0), (1, 10), (2, double.NaN), (3, 5), (4, 20)]);

        // A plot of 100 × 100, from 42 to the right and 122 below; what lies outside stays at the edge.
        Assert.Equal("M42 122L67 22M117 72L142 22", Drawn(chart, "path").Attribute("d")!.Value);
    }

    [Fact]
    public void BarsStandOnTheAxisAndBandsLieBetweenTheirLines()
    {
        Chart chart = new(new("", 0, 4, ChartAxis.Plain), new("", 0, 10, ChartAxis.Plain), width: 154, height: 156);
        chart.AddBar("count", 1, 2, 4, "four");
        chart.AddBand("band", [(0, 1, 2), (4, 3, 4)]);

        XElement bar = Drawn(chart, "rect");
        Assert.Equal(["67", "82", "25", "40"], new[] { "x", "y", "width", "height" }.Select(name => bar.Attribute(name)!.Value));
        Assert.Equal("M42 102L142 82L142 92L42 112Z", Drawn(chart, "path").Attribute("d")!.Value);
    }

    [Fact]
    public void AnIntervalBarEndsAtItsShare()
    {
        XElement bar = IntervalBar.Share(new("", 0, 0.5, ChartAxis.Plain), 0.2, 0.1, 0.3, "a fifth");

        Assert.Equal("40", bar.Elements("rect").Single().Attribute("width")!.Value);
        XElement whisker = bar.Elements("line").First(static line => (string?)line.Attribute("class") == "whisker");
        Assert.Equal(("20", "60"), (whisker.Attribute("x1")!.Value, whisker.Attribute("x2")!.Value));
        XElement mark = IntervalBar
            .Difference(0.1, -0.05, -0.1, 0, "worse")
            .Elements("line")
            .Single(static line => (string?)line.Attribute("class") == "mark");
        Assert.Equal("25", mark.Attribute("x1")!.Value);
    }

    private static XElement Drawn(Chart chart, string element) => chart.Draw("a chart").Elements(element).Single();
}
