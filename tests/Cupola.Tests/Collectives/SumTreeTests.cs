using Cupola.Collectives;
using Cupola.Training.Optimization;

namespace Cupola.Tests.Collectives;

public sealed class SumTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(64)]
    public void ASumHasTheSameBitsHoweverManyRanksShareItsParts(int parts)
    {
        Random random = new(7);
        float[] numbers = [.. Enumerable.Range(0, parts).Select(_ => (random.NextSingle() - 0.5f) * MathF.Exp(random.Next(20)))];
        SumTree tree = new(parts);
        float expected = Assert.Single(Sums(tree, numbers, 0, parts)).Value;
        for (int ranks = 1; ranks <= parts + 3; ranks++)
        {
            List<Part> all = [];
            int next = 0;
            for (int rank = 0; rank < ranks; rank++)
            {
                (int start, int end) = tree.ShareOf(rank, ranks);
                Assert.Equal(next, start);
                List<Part> own = Sums(tree, numbers, start, end);
                Assert.Equal(tree.NodesOf(start, end), own.Select(static part => (part.Start, part.End)));
                foreach (Part part in own)
                {
                    Push(tree, all, part);
                }

                next = end;
            }

            Assert.Equal(new Part(0, parts, expected), Assert.Single(all));
        }
    }

    [Fact]
    public void PartsAreAddedInHalvesAndNotOneAfterAnother()
    {
        float[] numbers = [1e8f, 1, -1e8f, 1];
        Assert.Equal(0, Assert.Single(Sums(new SumTree(4), numbers, 0, 4)).Value);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(8, 8)]
    [InlineData(52, 8)]
    [InlineData(410, 16)]
    [InlineData(3277, 128)]
    [InlineData(100_000, 256)]
    public void EachMicroBatchIsInOneGroupAndTheirNumberFollowsFromTheBatchAlone(int microBatches, int expected)
    {
        MicroBatchGroups groups = new(microBatches);
        Assert.Equal(expected, groups.Tree.Parts);
        for (int microBatch = 0; microBatch < microBatches; microBatch++)
        {
            int group = groups.GroupOf(microBatch);
            Assert.InRange(microBatch, groups.Start(group), groups.Start(group + 1) - 1);
        }

        foreach (int ranks in new[] { 1, 2, 3, 5, 300 })
        {
            Assert.Equal(
                microBatches,
                Enumerable
                    .Range(0, ranks)
                    .Select(rank => groups.ShareOf(rank, ranks))
                    .Sum(static share => share.End - share.Start)
            );
        }
    }

    private static List<Part> Sums(SumTree tree, float[] numbers, int start, int end)
    {
        List<Part> nodes = [];
        for (int part = start; part < end; part++)
        {
            Push(tree, nodes, new(part, part + 1, numbers[part]));
        }

        return nodes;
    }

    private static void Push(SumTree tree, List<Part> nodes, Part next) =>
        tree.Push(
            nodes,
            next,
            static part => (part.Start, part.End),
            static (left, right) => new(left.Start, right.End, left.Value + right.Value)
        );

    private sealed record Part(int Start, int End, float Value);
}
