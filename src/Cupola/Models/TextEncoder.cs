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
internal sealed record TextFeatures(float[] Pooled, float[] Embeddings);

/// <summary>
/// The text tower ready to run. It runs on packed prompt trees: no padding, shared beginnings once; several trees run side by
/// side, one a thread.
/// </summary>
internal sealed class TextEncoder : IDisposable
{
    private readonly Engine _engine;
    private readonly Tensor _projection; // [embedding, width]
    private readonly CompiledGraph _graph;
    private readonly int _width;
    private readonly int _embeddingDimension;

    private TextEncoder(Engine engine, CompiledGraph graph, Tensor projection)
    {
        _engine = engine;
        _graph = graph;
        _projection = projection;
        (_embeddingDimension, _width) = ((int)projection.Shape[0], (int)projection.Shape[1]);
    }

    /// <summary>Makes a tower ready, in int8 where there is a quantizer.</summary>
    public static TextEncoder Create(
        Engine engine,
        TextTransformer tower,
        ModelParameters parameters,
        Quantizer? quantizer = null
    )
    {
        if (quantizer is not null)
        {
            CompiledGraph compiled = quantizer.Compile("text", Describe, () => SyntheticInputs.Texts(tower.Config));
            return new(engine, compiled, parameters[tower.Projection.Name]);
        }

        Graph graph = Describe(OperatorSet.Fused);
        return new(engine, engine.Compile(graph, parameters.For(graph)), parameters[tower.Projection.Name]);

        Graph Describe(OperatorSet operators)
        {
            GraphBuilder builder = new(operators);
            TowerOutputs outputs = tower.Describe(
                builder,
                tower.Packed(builder, PackedTree.Describe(builder)),
                TowerRequest.Embedding
            );
            builder.Output("pooled", outputs.Pooled);
            builder.Output("embeddings", outputs.Embedding);
            return builder.Build();
        }
    }

    /// <summary>
    /// Encodes token sequences, each from its start token to its end token; what stands behind the end token is not looked at.
    /// </summary>
    /// <param name="sequences">Token ids, at least one a sequence and at most the context length.</param>
    /// <param name="done">Told after each run how many sequences it finished, from any thread.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public TextFeatures Encode(
        IReadOnlyList<int[]> sequences,
        Action<int>? done = null,
        CancellationToken cancellationToken = default
    ) => Encode(sequences, share: true, done, cancellationToken);

    /// <inheritdoc cref="Encode(IReadOnlyList{int[]}, Action{int}, CancellationToken)"/>
    internal TextFeatures Encode(
        IReadOnlyList<int[]> sequences,
        bool share,
        Action<int>? done,
        CancellationToken cancellationToken
    )
    {
        int[][] untilEnd = [.. sequences.Select(ids => PromptTree.UntilEnd(ids))];
        int tokens = untilEnd.Sum(ids => ids.Length);
        IReadOnlyList<PromptTree> trees = PromptTree.Pack(
            untilEnd,
            Math.Min(PromptTree.MaximumNodes, Math.Max(tokens / _engine.Threads, 256)),
            share,
            out int[] firsts
        );

        TextFeatures features = new(new float[sequences.Count * _width], new float[sequences.Count * _embeddingDimension]);
        SessionThreads width = trees.Count == 1 ? SessionThreads.All : SessionThreads.One;
        ParallelOptions options = new() { MaxDegreeOfParallelism = _engine.Threads, CancellationToken = cancellationToken };
        Parallel.ForEach(trees, options, tree =>
        {
            Run(tree, width, features);
            done?.Invoke(tree.Ends.Length);
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
        var embedding = new float[_embeddingDimension];
        RowProducts.Compute(_projection.AsSpan<float>(), pooled, embedding);
        return embedding;
    }

    public void Dispose() => _graph.Dispose();

    private void Run(PromptTree tree, SessionThreads width, TextFeatures features)
    {
        int ends = tree.Ends.Length;
        using PackedTree packed = new(tree);
        using Tensor pooled = Tensor.Allocate(ElementType.Float32, ends, _width);
        using Tensor embeddings = Tensor.Allocate(ElementType.Float32, ends, _embeddingDimension);
        _graph.Run(width, packed.Tensors, [pooled, embeddings]);
        for (int end = 0; end < ends; end++)
        {
            CopyRow(pooled.AsSpan<float>(), _width, end, features.Pooled, tree.Sequences[end]);
            CopyRow(embeddings.AsSpan<float>(), _embeddingDimension, end, features.Embeddings, tree.Sequences[end]);
        }
    }

    private static void CopyRow(ReadOnlySpan<float> source, int width, int from, Span<float> destination, int to) =>
        source.Slice(from * width, width).CopyTo(destination[(to * width)..]);
}
