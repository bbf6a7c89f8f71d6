using System.Numerics.Tensors;
using Cupola.Graphs;
using Cupola.Models.Layers;
using Cupola.Models.Quantization;
using Cupola.Runtime;
using Cupola.Text;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models;

/// <summary>What the text tower says of some texts, row by row.</summary>
/// <param name="Pooled">The end token's state after the last norm, [texts, width].</param>
/// <param name="Embeddings">Its projection into the shared space, not of unit length, [texts, embedding].</param>
internal sealed record TextFeatures(float[] Pooled, float[] Embeddings)
{
    /// <summary>Those of some of the texts, in the order named.</summary>
    /// <param name="texts">How many texts these are of.</param>
    /// <param name="rows">The texts.</param>
    public TextFeatures Take(int texts, IReadOnlyList<int> rows)
    {
        return new(Of(Pooled), Of(Embeddings));

        float[] Of(float[] values)
        {
            int width = values.Length / texts;
            return [.. rows.SelectMany(row => new ArraySegment<float>(values, row * width, width))];
        }
    }
}

/// <summary>
/// The text tower ready to run. One that reads causally runs on packed prompt trees, with shared beginnings once and no padding;
/// one that reads texts of fixed length runs on rows of ids. Several runs go on side by side, one a thread.
/// </summary>
internal sealed class TextEncoder : IDisposable
{
    /// <summary>Half of the largest tree, so that a few hundred texts keep all threads busy.</summary>
    private const int NodesOfFixedRun = PromptTree.MaximumNodes / 2;

    private readonly Engine _engine;
    private readonly TextTransformer _tower;
    private readonly ModelParameters _parameters;
    private readonly CompiledGraph _graph;
    private readonly int _width;
    private readonly int _embeddingDimension;

    private TextEncoder(
        Engine engine,
        TextTransformer tower,
        ModelParameters parameters,
        CompiledGraph graph,
        int width,
        int embeddingDimension
    ) =>
        (_engine, _tower, _parameters, _graph, _width, _embeddingDimension) = (
            engine,
            tower,
            parameters,
            graph,
            width,
            embeddingDimension
        );

    /// <summary>Makes a tower ready, in int8 where there is a quantizer.</summary>
    public static TextEncoder Create(
        Engine engine,
        TextTransformer tower,
        ModelParameters parameters,
        Quantizer? quantizer = null
    )
    {
        Graph graph = Describe(OperatorSet.Fused);
        return new(
            engine,
            tower,
            parameters,
            quantizer is null
                ? engine.Compile(graph, parameters.For(graph))
                : quantizer.Compile("text", Describe, () => SyntheticInputs.Texts(tower)),
            (int)graph.Outputs[0].Shape[1].Factor,
            (int)graph.Outputs[1].Shape[1].Factor
        );

        Graph Describe(OperatorSet operators)
        {
            GraphBuilder builder = new(operators);
            TextLayout texts =
                tower.Reading == TextReading.Causal
                    ? tower.Packed(builder, PackedTree.Describe(builder))
                    : tower.Padded(builder, TextRows.Describe(builder, tower.ContextLength));
            TowerOutputs outputs = tower.Describe(builder, texts, TowerRequest.Embedding);
            builder.Output("pooled", outputs.Pooled);
            builder.Output("embeddings", outputs.Embedding);
            return builder.Build();
        }
    }

    /// <summary>
    /// Encodes token sequences, each from its start token to its end token; what stands behind the end token is not looked at.
    /// </summary>
    /// <param name="sequences">Token ids, at least one a sequence and at most the context length.</param>
    /// <param name="progress">Told after each run how many sequences it finished, from any thread.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public TextFeatures Encode(
        IReadOnlyList<int[]> sequences,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    ) => Encode(sequences, share: true, fixedRuns: false, progress, cancellationToken);

    /// <inheritdoc cref="Encode(IReadOnlyList{int[]}, IProgress{int}, CancellationToken)"/>
    internal TextFeatures Encode(
        IReadOnlyList<int[]> sequences,
        bool share,
        bool fixedRuns,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        TextFeatures features = new(new float[sequences.Count * _width], new float[sequences.Count * _embeddingDimension]);
        IReadOnlyList<TextRun> runs =
            _tower.Reading == TextReading.Causal
                ? RunsOfTrees(sequences, share, fixedRuns, out int[] firsts)
                : RunsOfRows(sequences, share, out firsts);
        SessionThreads width = runs.Count == 1 && !fixedRuns ? SessionThreads.All : SessionThreads.One;
        ParallelOptions options = new() { MaxDegreeOfParallelism = _engine.Threads, CancellationToken = cancellationToken };
        Parallel.ForEach(runs, options, run =>
        {
            Run(run, width, features);
            progress?.Report(run.Sequences.Count);
        });

        for (int index = 0; index < firsts.Length; index++)
        {
            if (firsts[index] != index)
            {
                CopyRow(features.Pooled, _width, firsts[index], features.Pooled, index);
                CopyRow(features.Embeddings, _embeddingDimension, firsts[index], features.Embeddings, index);
            }
        }

        return features;
    }

    /// <summary>Features [width] into the shared space, [embedding].</summary>
    public float[] Project(ReadOnlySpan<float> pooled)
    {
        if (_tower.Projection is not { } projection)
        {
            return pooled.ToArray();
        }

        var embedding = new float[_embeddingDimension];
        RowProducts.Compute(_parameters[projection.Weight.Name].AsSpan<float>(), pooled, embedding);
        if (projection.Bias is { } bias)
        {
            TensorPrimitives.Add(embedding, _parameters[bias.Name].AsSpan<float>(), embedding);
        }

        return embedding;
    }

    public void Dispose() => _graph.Dispose();

    private List<TextRun> RunsOfTrees(IReadOnlyList<int[]> sequences, bool share, bool fixedRuns, out int[] firsts)
    {
        int[][] untilEnd = [.. sequences.Select(ids => PromptTree.UntilEnd(ids))];
        int tokens = untilEnd.Sum(ids => ids.Length);
        IReadOnlyList<PromptTree> trees = PromptTree.Pack(
            untilEnd,
            fixedRuns ? NodesOfFixedRun : Math.Min(PromptTree.MaximumNodes, Math.Max(tokens / _engine.Threads, 256)),
            share,
            out firsts
        );
        return [.. trees.Select(static tree => new TextRun(() => new PackedTree(tree), tree.Sequences))];
    }

    /// <summary>
    /// As many rows a run as a prompt tree has nodes at least, for the same reason: what a run works on fits the cache.
    /// </summary>
    private List<TextRun> RunsOfRows(IReadOnlyList<int[]> sequences, bool share, out int[] firsts)
    {
        const int tokensOfRun = 256;
        firsts = share ? TextRows.FirstOfEach(sequences) : [.. Enumerable.Range(0, sequences.Count)];
        int rows = Math.Max(1, tokensOfRun / _tower.ContextLength);
        return
        [
            .. firsts
                .Where(static (first, index) => first == index)
                .Chunk(rows)
                .Select(chunk => new TextRun(() => new TextRows(sequences, chunk, _tower.ContextLength), chunk)),
        ];
    }

    private void Run(TextRun run, SessionThreads width, TextFeatures features)
    {
        int texts = run.Sequences.Count;
        using ITextInputs inputs = run.Read();
        using Tensor pooled = Tensor.Allocate(ElementType.Float32, texts, _width);
        using Tensor embeddings = Tensor.Allocate(ElementType.Float32, texts, _embeddingDimension);
        _graph.Run(width, inputs.Tensors, [pooled, embeddings]);
        for (int text = 0; text < texts; text++)
        {
            CopyRow(pooled.AsSpan<float>(), _width, text, features.Pooled, run.Sequences[text]);
            CopyRow(embeddings.AsSpan<float>(), _embeddingDimension, text, features.Embeddings, run.Sequences[text]);
        }
    }

    private static void CopyRow(ReadOnlySpan<float> source, int width, int from, Span<float> destination, int to) =>
        source.Slice(from * width, width).CopyTo(destination[(to * width)..]);

    /// <summary>One run of the tower.</summary>
    /// <param name="Read">Makes what the graph reads.</param>
    /// <param name="Sequences">For each row of the answer, the sequence it answers for.</param>
    private sealed record TextRun(Func<ITextInputs> Read, IReadOnlyList<int> Sequences);
}
