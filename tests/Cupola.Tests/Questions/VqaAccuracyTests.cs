using Cupola.Questions;

namespace Cupola.Tests.Questions;

/// <summary>VQA's metric against cases that were computed by hand from its formula and evaluation code.</summary>
public sealed class VqaAccuracyTests
{
    /// <summary>
    /// With n of ten who agree: each of the n has n − 1 others who agree, each of the rest n; the mean of min(1, others / 3).
    /// </summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.6)]
    [InlineData(3, 0.9)]
    [InlineData(4, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    public void TheMeanIsOverNineOfTenAnnotators(int agree, double accuracy)
    {
        string[] annotators =
        [
            .. Enumerable.Repeat("red", agree),
            .. Enumerable.Range(0, 10 - agree).Select(static index => $"other{index}"),
        ];
        Assert.Equal(accuracy, VqaAccuracy.Compute("red", annotators), 12);
    }

    [Theory]
    [InlineData("The dog", "dog")]
    [InlineData("two dogs", "2 dogs")]
    [InlineData("none", "0")]
    [InlineData("Ten", "10")]
    [InlineData("eleven", "eleven")]
    [InlineData("dont", "don't")]
    [InlineData("somebody'd", "somebodyd")]
    [InlineData("t-shirt", "t shirt")]
    [InlineData("red, white", "red white")]
    // Next to a space a mark is deleted, also where it stands between letters elsewhere in the answer.
    [InlineData("black - white t-shirt", "black white tshirt")]
    // A comma between digits makes every mark vanish.
    [InlineData("1,000 t-shirts", "1000 tshirts")]
    // A full stop before a digit stays, and one after a digit goes.
    [InlineData("3.5", "3.5")]
    [InlineData("U.S.", "us")]
    [InlineData("5.", "5")]
    [InlineData("yes!", "yes")]
    [InlineData("what's\tup\n", "what's up")]
    [InlineData("an", "")]
    public void AnswersAreNormalizedAsTheEvaluationCodeDoes(string answer, string normalized) =>
        Assert.Equal(normalized, VqaAnswer.Normalize(answer));

    /// <summary>GT-Vision-Lab/VQA issue 14: where all agree, nothing is normalized, so that "yes!" is wrong there.</summary>
    [Fact]
    public void WhereAllAnnotatorsAgreeNothingIsNormalized()
    {
        string[] all = [.. Enumerable.Repeat("yes", 10)];
        Assert.Equal(0, VqaAccuracy.Compute("yes!", all));
        Assert.Equal(1, VqaAccuracy.Compute(" yes\n", all));
        Assert.Equal(1, VqaAccuracy.Compute("yes!", [.. all[..9], "no"]));
    }

    /// <summary>GT-Vision-Lab/VQA issue 7: "none" becomes 0 on both sides where annotators differ.</summary>
    [Fact]
    public void NoneCountsAsZeroOnBothSides() =>
        Assert.Equal(0.6, VqaAccuracy.Compute("none", ["none", "0", "2", "2", "2", "2", "2", "2", "2", "2"]), 12);

    [Fact]
    public void OneAnnotatorCountsWhole()
    {
        Assert.Equal(1, VqaAccuracy.Compute("A dog.", ["dog"]));
        Assert.Equal(0, VqaAccuracy.Compute("cat", ["dog"]));
    }

    [Fact]
    public void TheMostFrequentAnswerIsThatOfTheTypeUnlessItHasFewQuestions()
    {
        VisualQuestion[] questions =
        [
            .. Enumerable.Range(0, 10).Select(static index => Question("how many", index < 4 ? "3" : "Two")),
            .. Enumerable.Range(0, 9).Select(static _ => Question("is", "no")),
            .. Enumerable.Range(0, 9).Select(static _ => Question("are", "no")),
        ];
        MostFrequentAnswer frequent = new(questions);

        Assert.Equal("2", frequent.For("how many"));
        Assert.Equal("no", frequent.For("is"));
        Assert.Equal("2", new MostFrequentAnswer(questions[..15]).For("is"));

        static VisualQuestion Question(string type, string answer) => new("i.png", "?", type, "other", [answer], null);
    }

    /// <summary>Three differences of one sign: of the eight ways to choose signs, two are as extreme; p is a quarter.</summary>
    [Fact]
    public void APairedComparisonIsARandomizationTest()
    {
        PairedMeans better = PairedMeans.Compare([1, 1, 1, 0.5], [0, 0, 0, 0.5]);
        Assert.Equal(0.75, better.Difference, 12);
        Assert.Equal(0.25, better.P, 0.02);
        Assert.Equal(1, PairedMeans.Compare([1, 0], [1, 0]).P);
        Assert.InRange(PairedMeans.Compare([.. Enumerable.Repeat(1.0, 20)], [.. Enumerable.Repeat(0.0, 20)]).P, 0, 0.001);
    }

    [Fact]
    public void TheIntervalOfAMeanIsWilsons()
    {
        // 5 of 10: 0.2366 to 0.7634.
        MeanAccuracy half = MeanAccuracy.Of([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
        Assert.Equal(0.2366, half.Interval.Low, 4);
        Assert.Equal(0.7634, half.Interval.High, 4);
        Assert.Equal(0, MeanAccuracy.Of([0, 0]).Interval.Low);
    }
}
