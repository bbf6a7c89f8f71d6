using Cupola.Graphs;
using Cupola.Runtime;
using Cupola.Text;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models;

/// <summary>What the text tower says of some texts, row by row.</summary>
/// <param name="Pooled">The end token's state after the last norm, [texts, width].</param>
/// <param name="Embeddings">Its projection into the shared space, not of unit length, [texts, embedding].</param>
internal sealed record TextFeatures(float[] Pooled, float[] Embeddings);

/// <summary>
/// CLIP's text tower: a causal transformer over token ids whose answer is read at the end token (OpenAI CLIP, model.py,
/// encode_text). It runs on packed prompt trees: no padding, shared beginnings once.
/// </summary>
internal sealed class TextTransformer : IDisposable
{
    private readonly Engine _engine;
    private readonly TextConfig _config;
    private readonly int _embeddingDimension;
    private readonly Tensor _projection;
    private readonly CompiledGraph _graph;

    public TextTransformer(Engine engine, TextConfig config, int embeddingDimension, ModelParameters parameters)
    {
        _engine = engine;
        _config = config;
        _embeddingDimension = embeddingDimension;
        _projection = parameters["text.projection"];
        Graph graph = DescribePacked(config, embeddingDimension);
        _graph = engine.Compile(graph, parameters.For(graph));
    }

    /// <summary>
    /// Encodes token sequences, each from its start token to its end token; what stands behind the end token is not looked at.
    /// </summary>
    /// <param name="sequences">Token ids, at least one a sequence and at most the context length.</param>
    /// <param name="done">Told after each run how many sequences it finished, from any thread.</param>
    /// <param name="cancellation">Stops between runs.</param>
    public TextFeatures Encode(
        IReadOnlyList<int[]> sequences,
        Action<int>? done = null,
        CancellationToken cancellation = default
    ) => Encode(sequences, share: true, done, cancellation);

    /// <inheritdoc cref="Encode(IReadOnlyList{int[]}, Action{int}, CancellationToken)"/>
    internal TextFeatures Encode(IReadOnlyList<int[]> sequences, bool share, Action<int>? done, CancellationToken cancellation)
    {
        int[][] untilEnd = [.. sequences.Select(ids => PromptTree.UntilEnd(ids))];
        int tokens = untilEnd.Sum(ids => ids.Length);
        IReadOnlyList<PromptTree> trees = PromptTree.Pack(
            untilEnd,
            Math.Min(PromptTree.MaximumNodes, Math.Max(tokens / _engine.Threads, 256)),
            share,
            out int[] firsts
        );

        TextFeatures features = new(
            new float[sequences.Count * _config.Transformer.Width],
            new float[sequences.Count * _embeddingDimension]
        );
        SessionThreads width = trees.Count == 1 ? SessionThreads.All : SessionThreads.One;
        ParallelOptions options = new() { MaxDegreeOfParallelism = _engine.Threads, CancellationToken = cancellation };
        Parallel.ForEach(trees, options, tree =>
        {
            Run(tree, width, features);
            done?.Invoke(tree.Ends.Length);
        });

        for (int index = 0; index < firsts.Length; index++)
        {
            if (firsts[index] != index)
            {
                CopyRow(features.Pooled, _config.Transformer.Width, firsts[index], features.Pooled, index);
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

    /// <summary>
    /// The tower as others know it, over padded rows: ids [batch, length] (int64) → the state of every token after the last
    /// norm [batch, length, width] and embeddings [batch, embedding].
    /// </summary>
    public static (Value LastHiddenState, Value Embeddings) DescribePadded(
        GraphBuilder graph,
        TextConfig config,
        int embeddingDimension,
        Value ids
    )
    {
        Value tokens = graph.Gather(
            graph.Parameter("text.token_embedding", config.VocabularySize, config.Transformer.Width),
            ids
        );
        Value positions = graph.SliceLike(
            graph.Parameter("text.position_embedding", config.ContextLength, config.Transformer.Width),
            0,
            ids,
            1
        );
        Value mask = graph.SliceLike(graph.SliceLike(graph.CausalMask(config.ContextLength), 0, ids, 1), 1, ids, 1);
        Value rows = graph.Add(tokens, positions); // [batch, length, width]
        TensorShape flat = [rows.Shape[0] * rows.Shape[1], config.Transformer.Width];
        Value Whole(Value value) => graph.ReshapeLike(value, ids, config.Transformer.Width);
        Value Attend(Value query, Value key, Value value) =>
            graph.Reshape(graph.Attention(Whole(query), Whole(key), Whole(value), config.Transformer.Heads, mask), flat);

        TransformerTower tower = new(graph, "text", config.Transformer);
        rows = graph.Reshape(rows, flat);
        rows = tower.Last(tower.AllButLast(rows, Attend), Attend, static rows => rows);
        Value lastHiddenState = Whole(tower.Norm("final_norm", rows));
        return (
            lastHiddenState,
            Project(graph, config, embeddingDimension, graph.GatherRows(lastHiddenState, graph.ArgMax(ids)))
        );
    }

    /// <summary>
    /// The tower over a packed tree: the tokens' embeddings as they were looked up [groups, group size, width], the pooled rows
    /// [ends, width] and the embeddings
    /// [ends, embedding].
    /// </summary>
    public static (Value TokenRows, Value Pooled, Value Embeddings) DescribePacked(
        GraphBuilder graph,
        TextConfig config,
        int embeddingDimension,
        PackedTree.Inputs tree
    )
    {
        int width = config.Transformer.Width,
            heads = config.Transformer.Heads;
        Dimension nodes = (Dimension)PackedTree.Groups * PromptTree.GroupSize;
        Value tokenRows = graph.Gather(graph.Parameter("text.token_embedding", config.VocabularySize, width), tree.Ids);
        Value tokens = graph.Add(
            tokenRows,
            graph.Gather(graph.Parameter("text.position_embedding", config.ContextLength, width), tree.Positions)
        );
        TransformerTower tower = new(graph, "text", config.Transformer);
        Value rows = tower.AllButLast(graph.Reshape(tokens, [nodes, width]), (query, key, value) =>
        {
            Value grouped = graph.Reshape(query, [PackedTree.Groups, PromptTree.GroupSize, width]);
            return graph.Reshape(
                graph.Attention(grouped, graph.Gather(key, tree.Keys), graph.Gather(value, tree.Keys), heads, tree.Mask),
                [nodes, width]
            );
        });
        Value pooled = tower.Last(
            rows,
            (query, key, value) =>
            {
                Value mixed = graph.Attention(
                    graph.Gather(query, tree.EndQueries),
                    graph.Gather(key, tree.Keys),
                    graph.Gather(value, tree.Keys),
                    heads,
                    tree.EndMask
                );
                return graph.Gather(
                    graph.Reshape(mixed, [(Dimension)PackedTree.Groups * PackedTree.GroupEnds, width]),
                    tree.EndPlaces
                );
            },
            value => graph.Gather(value, tree.Ends)
        );
        pooled = tower.Norm("final_norm", pooled);
        return (tokenRows, pooled, Project(graph, config, embeddingDimension, pooled));
    }

    private static Graph DescribePacked(TextConfig config, int embeddingDimension)
    {
        GraphBuilder graph = new(OperatorSet.Fused);
        (_, Value pooled, Value embeddings) = DescribePacked(graph, config, embeddingDimension, PackedTree.Describe(graph));
        graph.Output("pooled", pooled);
        graph.Output("embeddings", embeddings);
        return graph.Build();
    }

    private static Value Project(GraphBuilder graph, TextConfig config, int embeddingDimension, Value pooled) =>
        graph.Linear(pooled, graph.Parameter("text.projection", embeddingDimension, config.Transformer.Width));

    private void Run(PromptTree tree, SessionThreads width, TextFeatures features)
    {
        int ends = tree.Ends.Length;
        using PackedTree packed = new(tree);
        using Tensor pooled = Tensor.Allocate(ElementType.Float32, ends, _config.Transformer.Width);
        using Tensor embeddings = Tensor.Allocate(ElementType.Float32, ends, _embeddingDimension);
        _graph.Run(width, packed.Tensors, [pooled, embeddings]);
        for (int end = 0; end < ends; end++)
        {
            CopyRow(pooled.AsSpan<float>(), _config.Transformer.Width, end, features.Pooled, tree.Sequences[end]);
            CopyRow(embeddings.AsSpan<float>(), _embeddingDimension, end, features.Embeddings, tree.Sequences[end]);
        }
    }

    private static void CopyRow(ReadOnlySpan<float> source, int width, int from, Span<float> destination, int to) =>
        source.Slice(from * width, width).CopyTo(destination[(to * width)..]);
}
