using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>Sums that several runs add to in their turn.</summary>
public sealed class OrderedSumsTests
{
    private const int Runs = 8;

    [Fact]
    public async Task RunsAddInTheirTurnWhicheverIsReadyFirst()
    {
        using Tensor sum = Tensor.Allocate(ElementType.Float32, 1);
        OrderedSums sums = new([sum]);
        List<(int Turn, bool Adds)> written = [];
        Task[] runs =
        [
            .. Enumerable
                .Range(0, Runs)
                .Reverse()
                .Select(turn =>
                    Task.Factory.StartNew(
                        () => sums.Run(turn, () => OrderedSums.Write(sum.Address, adds => written.Add((turn, adds)))),
                        TestContext.Current.CancellationToken,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                ),
        ];
        await Task.WhenAll(runs);

        Assert.Equal(Enumerable.Range(0, Runs).Select(static turn => (turn, turn > 0)), written);
    }

    [Fact]
    public void WhatIsNoSumIsWritten()
    {
        using Tensor sum = Tensor.Allocate(ElementType.Float32, 1),
            other = Tensor.Allocate(ElementType.Float32, 1);
        bool? adds = null;
        new OrderedSums([sum]).Run(3, () => OrderedSums.Write(other.Address, value => adds = value));
        Assert.False(adds);
        OrderedSums.Write(sum.Address, value => adds = !value);
        Assert.True(adds);
    }

    [Fact]
    public void ARunThatWaitsForOneThatFailedFailsToo()
    {
        using Tensor sum = Tensor.Allocate(ElementType.Float32, 1);
        OrderedSums sums = new([sum]);
        sums.GiveUp();
        Assert.Throws<OperationCanceledException>(() => sums.Run(1, () => OrderedSums.Write(sum.Address, static _ => { })));
    }
}
