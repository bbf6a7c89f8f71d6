using Cupola.Evaluation;

namespace Cupola.Tests.Evaluation;

/// <summary>A confusion map shows what matters, and puts together what belongs together.</summary>
public sealed class ConfusionOrderTests
{
    [Fact]
    public void ClassesThatAreTakenForEachOtherStandSideBySide()
    {
        // 0 with 5 always, 1 with 4 half of the time, 3 never with anything.
        ConfusionMatrix confusion = ConfusionMatrix.Compute(
            [
                Outcome(0, 5),
                Outcome(5, 0),
                Outcome(1, 4),
                Outcome(1, 1),
                Outcome(4, 1),
                Outcome(4, 4),
                Outcome(5, 4),
                Outcome(3, 3),
                Outcome(2, 2),
            ],
            6
        );

        Assert.Equal([5, 0], ConfusionOrder.Compute(confusion, 2));
        int[] line = ConfusionOrder.Compute(confusion, 10);
        Assert.Equal([0, 1, 4, 5], line.Order());
        Assert.Equal(1, Math.Abs(Array.IndexOf(line, 0) - Array.IndexOf(line, 5)));
        Assert.Equal(1, Math.Abs(Array.IndexOf(line, 1) - Array.IndexOf(line, 4)));
    }

    [Fact]
    public void WhereNothingIsConfusedThereIsNothingToShow() =>
        Assert.Empty(ConfusionOrder.Compute(ConfusionMatrix.Compute([Outcome(0, 0), Outcome(1, 1)], 2), 10));

    private static ImageResult Outcome(int truth, int answer) => new(truth, answer, truth == answer ? 0 : 1, 0.5f, 0.5f);
}
