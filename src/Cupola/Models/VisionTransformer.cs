using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;
using static System.FormattableString;

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
        _patches = new(scope, config.PatchSize, width, hasBias: !hasClassToken);
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
        (Value rows, FixedLength layout) = Rows(graph, images, preprocessing);
        return _head is null ? OfClassToken(graph, rows, layout, request) : OfHead(graph, rows, layout, request);
    }

    public override void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing) =>
        _patches.AddFolded(parameters, preprocessing);

    public override int Grid(int factor) => factor * _config.ImageSize / _config.PatchSize;

    public override int PlaceSize => _config.PatchSize;

    public override EmbeddingReadout Readout =>
        _head is null
            ? new(_blocks.AttentionOutputs, _config.Transformer.Heads, HasClassToken: true)
            {
                Norm = _postNorm,
                Projection = _classToken!.Projection,
            }
            : new([_head.Output], _config.Transformer.Heads, HasClassToken: false);

    public override string? ProblemOf(MapKind kind) =>
        kind == MapKind.Naclip && _head is not null
            ? "its embedding is pooled by a head behind the last block, whose states such a map compares"
            : null;

    /// <remarks>Of images of another size, only <see cref="ImageParts.Places"/>, with <see cref="AddPositions"/>.</remarks>
    public override ImageParts DescribeParts(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        int layers,
        MapKind kind
    )
    {
        (Value rows, FixedLength layout) = Rows(graph, images, preprocessing);
        return _head is null
            ? PartsOfClassToken(graph, rows, layout, layers, kind, GridOf(images))
            : PartsOfHead(graph, rows, layout, kind);
    }

    /// <summary>
    /// Adds the positions for images of the tower's size times a factor, between the learned ones (bicubic, as CLIP's users do).
    /// </summary>
    public void AddPositions(ModelParameters parameters, int factor)
    {
        int to = Grid(factor);
        parameters.AddDerived(PositionsOf(to), () =>
            ResampledPositions.Create(parameters[_positions.Rows.Name], Grid(1), to, hasClassToken: _head is null)
        );
    }

    private string PositionsOf(long grid) => Invariant($"{_positions.Rows.Name}.for_{grid}");

    private long GridOf(Value images) => images.Shape[2].Factor / _config.PatchSize;

    /// <summary>The rows before the first block, [images · tokens, width], and how they lie.</summary>
    private (Value Rows, FixedLength Layout) Rows(GraphBuilder graph, Value images, ImagePreprocessing preprocessing)
    {
        Dimension batch = images.Shape[0];
        long grid = GridOf(images),
            tokens = (grid * grid) + (_head is null ? 1 : 0),
            width = _config.Transformer.Width;
        Value patches = _patches.Describe(graph, images, preprocessing); // [images, patches, width]
        Value positions = grid == Grid(1) ? _positions.Rows.In(graph) : graph.Parameter(PositionsOf(grid), tokens, width);
        Value sequence = graph.Add(_classToken?.Prepend(graph, patches) ?? patches, positions);
        Value rows = graph.Reshape(sequence, [batch * tokens, width]);
        return (_classToken?.Norm.Describe(graph, rows) ?? rows, new(graph, batch, tokens, width));
    }

    private ImageParts PartsOfClassToken(GraphBuilder graph, Value rows, FixedLength layout, int layers, MapKind kind, long grid)
    {
        TransformerParts parts = _blocks.DescribeParts(graph, rows, layout, layers);
        return new(_classToken!.Projection.Describe(graph, _postNorm.Describe(graph, parts.Pooled)), parts.Layers)
        {
            Initial = layout.Pool(rows),
            Earlier = parts.Earlier,
            Mlp = parts.Mlp,
            State = parts.Pooled,
            Places = kind == MapKind.Exact ? null : Places(),
        };

        Value Places()
        {
            Value? nearness = kind == MapKind.Naclip ? Nearness(graph, grid) : null;
            Value gathered = _blocks.DescribeLastByKeys(graph, parts.BeforeLast, layout, nearness); // [images · tokens, width]
            Value all = layout.Divide(gathered);
            Value places = graph.Reshape(
                graph.Slice(all, axis: 1, 1, (grid * grid) + 1),
                [all.Shape[0] * (grid * grid), _config.Transformer.Width]
            );
            Value projected = _classToken.Projection.Describe(graph, _postNorm.Describe(graph, places));
            return graph.Normalize(graph.Reshape(projected, [all.Shape[0], grid * grid, projected.Shape[1]]));
        }
    }

    private ImageParts PartsOfHead(GraphBuilder graph, Value rows, FixedLength layout, MapKind kind)
    {
        TransformerStates states = _blocks.Describe(graph, rows, layout, new() { EveryToken = true });
        Value normed = _postNorm.Describe(graph, states.All!); // [images · patches, width]
        (Value pooled, AttentionParts attention, Value mlp) = _head!.DescribeParts(graph, normed, layout);
        return new(pooled, [attention])
        {
            Mlp = mlp,
            Places = kind == MapKind.Exact ? null : graph.Normalize(layout.Divide(_head.DescribeAlone(graph, normed))),
        };
    }

    /// <summary>
    /// What NACLIP adds to the scores of places: exp(−d² ÷ 2σ²) of their distance d in places; nothing for the class token,
    /// [tokens, tokens].
    /// </summary>
    private static Value Nearness(GraphBuilder graph, long grid)
    {
        const double Deviation = 5; // σ, as its authors chose it
        long tokens = (grid * grid) + 1;
        float[] nearness = new float[tokens * tokens];
        for (long from = 0; from < grid * grid; from++)
        {
            for (long to = 0; to < grid * grid; to++)
            {
                (long down, long across) = ((from / grid) - (to / grid), (from % grid) - (to % grid));
                double squared = (down * down) + (across * across);
                nearness[((from + 1) * tokens) + to + 1] = (float)Math.Exp(-squared / (2 * Deviation * Deviation));
            }
        }

        return graph.Constant(nearness, tokens, tokens);
    }

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
