using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Runtime;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Training.Optimization;

public sealed class GradientSumsTests
{
    /// <summary>The first micro-batch of a group may fail before anyone has asked where the group adds.</summary>
    [Fact]
    public void WhereAMicroBatchFailedNoneWaitsForItNotEvenInAGroupThatBeginsLater()
    {
        using Tensor weight = Tensor.Allocate(ElementType.Float32, 3);
        using ICollective alone = Collective.Open();
        MicroBatchGroups groups = new(64);
        GradientSums sums = new(groups, GradientSet.Of([new("weight", weight)]), [], alone, 1);
        int second = groups.Start(1) + 1;

        sums.GiveUp();
        GradientPlace place = sums.PlaceOf(second);

        Assert.Equal(1, place.Turn);
        Assert.Throws<OperationCanceledException>(() =>
            place.Sums.Run(place.Turn, () =>
                OrderedSums.Write(place.Set.Tensors["weight"].Address, static _ => Assert.Fail("It added."))
            )
        );
    }
}
