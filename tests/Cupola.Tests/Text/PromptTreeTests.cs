using CsCheck;
using Cupola.Text;

namespace Cupola.Tests.Text;

public sealed class PromptTreeTests
{
    private static readonly Gen<int[][]> Sequences =
        Gen.Int[0, 3].Array[0, 9].Select(middle => (int[])[998, .. middle, 999]).Array[1, 60];

    [Fact]
    public void SharesEqualBeginningsAndPadsNothing()
    {
        int[][] prompts = [[998, 1, 2, 3, 999], [998, 1, 2, 4, 999], [998, 1, 5, 999]];

        PromptTree tree = Assert.Single(PromptTree.Pack(prompts, 1024, share: true, out _));

        // 998 1 2 are there once: 5 + 2 + 2 nodes in place of 14 tokens.
        Assert.Equal(9, tree.Ids.Length);
        Assert.Equal(3, tree.RowCount);
        Assert.Equal(5, tree.RowLength);
    }

    [Fact]
    public void EveryRowSpellsItsSequenceWhateverThePacking() => Sequences.Select(Gen.Int[1, 40], Gen.Bool).Sample((sequences, maximum, share) =>
    {
        IReadOnlyList<PromptTree> trees = PromptTree.Pack(sequences, maximum, share, out int[] firsts);

        Assert.All(trees, tree => Assert.True(tree.Ids.Length <= maximum || tree.RowCount == 1));
        Assert.All(firsts.Index(), entry => Assert.Equal(sequences[entry.Index], sequences[entry.Item]));
        Assert.Equal(firsts.Distinct().Order(), trees.SelectMany(tree => tree.Sequences).Order());
        foreach (PromptTree tree in trees)
        {
            for (int row = 0; row < tree.RowCount; row++)
            {
                int[] nodes = tree.Rows[(row * tree.RowLength)..((row * tree.RowLength) + tree.Lengths[row])];
                Assert.Equal(sequences[tree.Sequences[row]], nodes.Select(node => tree.Ids[node]));
                Assert.Equal(Enumerable.Range(0, nodes.Length), nodes.Select(node => tree.Positions[node]));
                Assert.Equal(nodes[^1], tree.Ends[row]);
            }

            Assert.All(tree.Places.Index(), place => Assert.Equal(place.Index, tree.Rows[place.Item]));
            Assert.All(tree.Places, place => Assert.True(place % tree.RowLength < tree.Lengths[place / tree.RowLength]));
        }
    });

    [Fact]
    public void GivesEqualSequencesOneRow()
    {
        PromptTree tree = Assert.Single(PromptTree.Pack([[998, 1, 999], [998, 2, 999], [998, 1, 999]], 1024, share: true, out int[] firsts));

        Assert.Equal(2, tree.RowCount);
        Assert.Equal([0, 1, 0], firsts);
    }

    [Fact]
    public void EndsASequenceAtTheFirstOfItsLargestIds() => Assert.Equal([998, 5, 999], PromptTree.UntilEnd([998, 5, 999, 7, 999, 0]));
}
