using CsCheck;
using Cupola.Text;

namespace Cupola.Tests.Text;

public sealed class PromptTreeTests
{
    private static readonly Gen<int[][]> Sequences = Gen.Int[0, 3]
        .Array[0, 9]
        .Select(middle => (int[])[998, .. middle, 999])
        .Array[1, 60];

    [Fact]
    public void SharesEqualBeginningsAndPadsNothing()
    {
        int[][] prompts =
        [
            [998, 1, 2, 3, 999],
            [998, 1, 2, 4, 999],
            [998, 1, 5, 999],
        ];

        PromptTree tree = Assert.Single(PromptTree.Pack(prompts, 1024, share: true, out _));

        // 998 1 2 are there once: 5 + 2 + 2 nodes in place of 14 tokens.
        Assert.Equal(9, tree.NodeCount);
        Assert.Equal(3, tree.Ends.Length);
    }

    [Fact]
    public void EveryEndSeesItsOwnSequenceAndNothingElseWhateverThePacking() =>
        Sequences
            .Select(Gen.Int[1, 200], Gen.Bool)
            .Sample(
                (sequences, maximum, share) =>
                {
                    IReadOnlyList<PromptTree> trees = PromptTree.Pack(sequences, maximum, share, out int[] firsts);

                    Assert.All(trees, tree => Assert.True(tree.NodeCount <= maximum || tree.Ends.Length == 1));
                    Assert.All(firsts.Index(), entry => Assert.Equal(sequences[entry.Index], sequences[entry.Item]));
                    Assert.Equal(firsts.Distinct().Order(), trees.SelectMany(tree => tree.Sequences).Order());
                    foreach (PromptTree tree in trees)
                    {
                        (float[] mask, float[] endMask) = Masks(tree);
                        for (int end = 0; end < tree.Ends.Length; end++)
                        {
                            int[] sequence = sequences[tree.Sequences[end]];
                            int group = tree.Ends[end] / PromptTree.GroupSize;
                            Assert.Equal(sequence, Seen(tree, group, mask.AsSpan(tree.Ends[end] * tree.KeyCount, tree.KeyCount)));
                            Assert.Equal(
                                sequence,
                                Seen(tree, group, endMask.AsSpan(tree.EndPlaces[end] * tree.KeyCount, tree.KeyCount))
                            );
                            Assert.Equal(end, tree.EndQueries[tree.EndPlaces[end]]);
                        }
                    }
                }
            );

    [Fact]
    public void EveryNodeSeesAsManyTokensAsItStandsDeep() =>
        Sequences.Sample(sequences =>
        {
            PromptTree tree = Assert.Single(PromptTree.Pack(sequences, int.MaxValue, share: true, out _));

            (float[] mask, _) = Masks(tree);
            for (int node = 0; node < tree.NodeCount; node++)
            {
                Assert.Equal(tree.Positions[node] + 1, mask.AsSpan(node * tree.KeyCount, tree.KeyCount).Count(0));
            }
        });

    [Fact]
    public void GivesEqualSequencesOneEnd()
    {
        PromptTree tree = Assert.Single(
            PromptTree.Pack(
                [
                    [998, 1, 999],
                    [998, 2, 999],
                    [998, 1, 999],
                ],
                1024,
                share: true,
                out int[] firsts
            )
        );

        Assert.Equal(2, tree.Ends.Length);
        Assert.Equal([0, 1, 0], firsts);
    }

    [Fact]
    public void EndsASequenceAtTheFirstOfItsLargestIds() =>
        Assert.Equal([998, 5, 999], PromptTree.UntilEnd([998, 5, 999, 7, 999, 0]));

    private static (float[] Mask, float[] EndMask) Masks(PromptTree tree)
    {
        float[] mask = new float[tree.Ids.Length * tree.KeyCount],
            endMask = new float[tree.GroupCount * tree.EndCount * tree.KeyCount];
        tree.WriteMasks(mask, endMask);
        return (mask, endMask);
    }

    /// <summary>The tokens under an open mask, by their positions.</summary>
    private static int[] Seen(PromptTree tree, int group, ReadOnlySpan<float> mask)
    {
        List<int> nodes = [];
        for (int key = 0; key < mask.Length; key++)
        {
            if (mask[key] == 0)
            {
                nodes.Add(tree.Keys[(group * tree.KeyCount) + key]);
            }
        }

        return [.. nodes.OrderBy(node => tree.Positions[node]).Select(node => tree.Ids[node])];
    }
}
