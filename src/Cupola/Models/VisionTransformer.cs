using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// CLIP's vision transformer (OpenAI CLIP, model.py, VisionTransformer; arXiv 2010.11929): patches and a class token with learned
/// positions, a norm before the blocks, and the answer read from the class token.
/// </summary>
internal sealed class VisionTransformer : ImageTower
{
    private readonly VisionTransformerConfig _config;
    private readonly Parameter _classToken; // [width]
    private readonly PatchEmbedding _patches;
    private readonly EmbeddingTable _positions;
    private readonly LayerNorm _preNorm;
    private readonly Transformer _blocks;
    private readonly LayerNorm _postNorm;
    private readonly Linear _projection;

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
        _classToken = scope.Parameter("class_embedding", [width], drawn, ParameterKind.Bias);
        _patches = new(scope, config.ImageSize, config.PatchSize, width);
        _positions = new(scope, "position_embedding", config.Tokens, width, drawn);
        _preNorm = new(scope.At("pre_norm"), width, transformer.LayerNormEpsilon);
        _blocks = new(scope, transformer, initial);
        ParameterScope last = scope.AtDepth(transformer.Layers + 1);
        _postNorm = new(last.At("post_norm"), width, transformer.LayerNormEpsilon);
        _projection = Linear.CreateProjection(last, "projection", width, embeddingDimension, drawn);
    }

    public override TowerOutputs Describe(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        TowerRequest request
    )
    {
        int tokens = _config.Tokens,
            width = _config.Transformer.Width;
        Dimension batch = images.Shape[0];
        Value patches = _patches.Describe(graph, images, preprocessing); // [images, patches, width]
        Value classTokens = graph.RepeatRow(_classToken.In(graph), patches); // [images, 1, width]
        // [images, tokens, width]
        Value sequence = graph.Add(graph.Concat(classTokens, patches, axis: 1), _positions.Rows.In(graph));
        Value rows = _preNorm.Describe(graph, graph.Reshape(sequence, [batch * tokens, width]));
        FixedLength layout = new(graph, batch, tokens, width);
        TransformerStates states = _blocks.Describe(graph, rows, layout, request);
        Value pooled = _postNorm.Describe(graph, states.Pooled); // [images, width]
        return new(_projection.Describe(graph, pooled), pooled)
        {
            Tokens = states.All is { } all ? layout.Divide(_postNorm.Describe(graph, all)) : null,
            TokensBeforeNorm = states.All is { } before ? layout.Divide(before) : null,
            Attention = states.Attention,
        };
    }

    public override void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing) =>
        _patches.AddFolded(parameters, preprocessing);
}
