using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Text;

namespace Cupola.Training.Optimization;

/// <summary>What one run of a tower reads, and for which pairs of the batch it answers.</summary>
/// <param name="Read">
/// Makes the tower's inputs by name, which are disposed after the run: of a large batch, those of all micro-batches would be as
/// much as the batch itself.
/// </param>
/// <param name="Symbols">The extents of the run.</param>
/// <param name="Pairs">For each row of the answer, the pairs it answers for: several where their texts are equal.</param>
internal sealed record MicroBatch(
    Func<IReadOnlyDictionary<string, Tensor>> Read,
    IReadOnlyDictionary<string, long> Symbols,
    IReadOnlyList<int[]> Pairs
)
{
    /// <summary>Images in so many micro-batches, none larger than another by more than one image.</summary>
    /// <param name="images">Those that are read here, lent.</param>
    /// <param name="first">The pair of the first of them.</param>
    /// <param name="pairs">Pairs of the batch.</param>
    /// <param name="microBatches">How many micro-batches.</param>
    /// <param name="input">The tower's name of its images.</param>
    /// <param name="symbol">Its name of their number.</param>
    public static IReadOnlyList<MicroBatch> FromImages(
        Tensor images,
        int first,
        int pairs,
        int microBatches,
        string input,
        string symbol
    ) =>
        [
            .. Enumerable
                .Range(0, microBatches)
                .Select(microBatch =>
                {
                    (int start, int end) = RowsOf(pairs, microBatches, microBatch, microBatch + 1);
                    return new MicroBatch(
                        () => new Dictionary<string, Tensor> { [input] = images.Rows(start - first, end - start) },
                        new Dictionary<string, long> { [symbol] = end - start },
                        [.. Enumerable.Range(start, end - start).Select(static row => new[] { row })]
                    );
                }),
        ];

    /// <summary>The pairs, from the first to that behind the last, whose images are in some micro-batches.</summary>
    public static (int Start, int End) RowsOf(int pairs, int microBatches, int start, int end) =>
        ((int)((long)pairs * start / microBatches), (int)((long)pairs * end / microBatches));

    /// <summary>
    /// Texts, up to their end tokens, as prompt trees: beginnings that texts of a micro-batch share are computed once, forwards
    /// and backwards, and equal texts have one end.
    /// </summary>
    public static IReadOnlyList<MicroBatch> FromTexts(IReadOnlyList<int[]> texts, int microBatchTokens)
    {
        IReadOnlyList<PromptTree> trees = PromptTree.Pack(texts, microBatchTokens, share: true, out int[] firsts);
        ILookup<int, int> equals = Enumerable.Range(0, texts.Count).ToLookup(text => firsts[text]);
        return
        [
            .. trees.Select(tree => new MicroBatch(
                () => new PackedTree(tree).ByName,
                PackedTree.SymbolsOf(tree),
                [.. tree.Sequences.Select(sequence => equals[sequence].ToArray())]
            )),
        ];
    }

    /// <summary>Texts of one length, so many a micro-batch at most; equal texts have one row.</summary>
    public static IReadOnlyList<MicroBatch> FromRows(IReadOnlyList<int[]> texts, int microBatchTexts, int length)
    {
        int[] firsts = TextRows.FirstOfEach(texts);
        ILookup<int, int> equals = Enumerable.Range(0, texts.Count).ToLookup(text => firsts[text]);
        return
        [
            .. firsts
                .Where(static (first, index) => first == index)
                .Chunk(microBatchTexts)
                .Select(chosen => new MicroBatch(
                    () => new TextRows(texts, chosen, length).ByName,
                    new Dictionary<string, long> { [TextRows.Texts] = chosen.Length },
                    [.. chosen.Select(text => equals[text].ToArray())]
                )),
        ];
    }

    /// <summary>Copies the rows of an answer, which are so wide, to their pairs' places in the batch.</summary>
    public void Scatter(ReadOnlySpan<float> rows, float[] batch, int width)
    {
        for (int row = 0; row < Pairs.Count; row++)
        {
            foreach (int pair in Pairs[row])
            {
                rows.Slice(row * width, width).CopyTo(batch.AsSpan(pair * width, width));
            }
        }
    }

    /// <summary>The gradient of an answer's rows: the sum over the pairs that each answered for.</summary>
    public Tensor Gather(float[] batch, Tensor like)
    {
        Tensor rows = Tensor.Allocate(ElementType.Float32, [.. like.Shape]);
        int width = (int)like.Shape[1];
        Span<float> values = rows.AsSpan<float>();
        values.Clear();
        for (int row = 0; row < Pairs.Count; row++)
        {
            Span<float> sum = values.Slice(row * width, width);
            foreach (int pair in Pairs[row])
            {
                System.Numerics.Tensors.TensorPrimitives.Add(sum, batch.AsSpan(pair * width, width), sum);
            }
        }

        return rows;
    }
}
