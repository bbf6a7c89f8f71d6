using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// A vision transformer (arXiv 2010.11929). CLIP's has a class token, a norm before the blocks and a projection (OpenAI CLIP,
/// model.py, VisionTransformer); SigLIP's has none of them, a bias on its patches, and an <see cref="AttentionHead"/>.
/// </summary>
internal sealed class VisionTransformer : ImageTower
{
    private readonly VisionTransformerConfig _config;
    private readonly PatchEmbedding _patches;
    private readonly EmbeddingTable _positions;
    private readonly Transformer _blocks;
    private readonly LayerNorm _postNorm;
    private readonly ClassToken? _classToken;
    private readonly AttentionHead? _head;

    public VisionTransformer(ParameterScope scope, VisionTransformerConfig config, int embeddingDimension)
        : base(config)
    {
        _config = config;
        TransformerConfig transformer = config.Transformer;
        int width = transformer.Width;
        Initialization drawn = Initialization.Normal(1 / Math.Sqrt(width));
        BlockInitialization initial = new(
            // Xavier's bound for the fused matrix [3 width, width].
            Initialization.Uniform(Math.Sqrt(6 / (4.0 * width))),
            Initialization.UniformOver(width),
            Initialization.UniformOver(width),
            Initialization.UniformOver(transformer.MlpWidth)
        );
        bool hasClassToken = config.Pooling == ImagePooling.ClassToken;
        ParameterScope last = scope.AtDepth(transformer.Layers + 1);
        _patches = new(scope, config.ImageSize, config.PatchSize, width, hasBias: !hasClassToken);
        _positions = new(scope, "position_embedding", config.Tokens, width, drawn);
        _blocks = new(scope, transformer, initial);
        _postNorm = new(last.At("post_norm"), width, transformer.LayerNormEpsilon);
        _classToken = hasClassToken ? ClassToken.Create(scope, last, transformer, embeddingDimension, drawn) : null;
        _head = hasClassToken ? null : new(last.At("pool"), transformer, initial);
    }

    public override TowerOutputs Describe(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        TowerRequest request
    )
    {
        Dimension batch = images.Shape[0];
        long tokens = _config.Tokens,
            width = _config.Transformer.Width;
        FixedLength layout = new(graph, batch, tokens, width);
        Value patches = _patches.Describe(graph, images, preprocessing); // [images, patches, width]
        Value sequence = graph.Add(_classToken?.Prepend(graph, patches) ?? patches, _positions.Rows.In(graph));
        Value rows = graph.Reshape(sequence, [batch * tokens, width]);
        return _head is null
            ? OfClassToken(graph, _classToken!.Norm.Describe(graph, rows), layout, request)
            : OfHead(graph, rows, layout, request);
    }

    public override void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing) =>
        _patches.AddFolded(parameters, preprocessing);

    private TowerOutputs OfClassToken(GraphBuilder graph, Value rows, FixedLength layout, TowerRequest request)
    {
        TransformerStates states = _blocks.Describe(graph, rows, layout, request);
        Value pooled = _postNorm.Describe(graph, states.Pooled); // [images, width]
        return new(_classToken!.Projection.Describe(graph, pooled), pooled)
        {
            Tokens = states.All is { } all ? layout.Divide(_postNorm.Describe(graph, all)) : null,
            TokensBeforeNorm = states.All is { } before ? layout.Divide(before) : null,
            Attention = states.Attention,
        };
    }

    /// <summary>The head needs every token; its own attention counts as that of one layer more.</summary>
    private TowerOutputs OfHead(GraphBuilder graph, Value rows, FixedLength layout, TowerRequest request)
    {
        int head = _config.Transformer.Layers;
        TransformerStates states = _blocks.Describe(graph, rows, layout, request with { EveryToken = true });
        Value normed = _postNorm.Describe(graph, states.All!); // [images · patches, width]
        (Value pooled, Value? weights) = _head!.Describe(graph, normed, layout, request.AttentionLayers.Contains(head));
        Dictionary<int, Value> attention = new(states.Attention);
        if (weights is not null)
        {
            attention.Add(head, weights);
        }

        return new(pooled, pooled)
        {
            Tokens = layout.Divide(normed),
            TokensBeforeNorm = layout.Divide(states.All!),
            Attention = attention,
        };
    }

    /// <summary>What CLIP's tower has around its class token.</summary>
    /// <param name="Token">It stands before the patches, [width].</param>
    /// <param name="Norm">The norm before the blocks.</param>
    /// <param name="Projection">From the class token's last state to the embedding.</param>
    private sealed record ClassToken(Parameter Token, LayerNorm Norm, Linear Projection)
    {
        public static ClassToken Create(
            ParameterScope before,
            ParameterScope last,
            TransformerConfig config,
            int embeddingDimension,
            Initialization drawn
        ) =>
            new(
                before.Parameter("class_embedding", [config.Width], drawn, ParameterKind.Bias),
                new(before.At("pre_norm"), config.Width, config.LayerNormEpsilon),
                Linear.CreateProjection(last, "projection", config.Width, embeddingDimension, drawn)
            );

        // [images, patches, width] → [images, tokens, width]
        public Value Prepend(GraphBuilder graph, Value patches) =>
            graph.Concat(graph.RepeatRow(Token.In(graph), patches), patches, axis: 1);
    }
}
