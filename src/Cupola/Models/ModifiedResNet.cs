using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// CLIP's residual network (OpenAI CLIP, model.py, ModifiedResNet): three convolutions as a stem, average pools in place of
/// strides, and attention of the mean over all positions as its last pool. For inference each batch norm is folded into the
/// convolution before it.
/// </summary>
internal sealed class ModifiedResNet : ImageTower
{
    /// <summary>By how much height and width have shrunk, and channels grown, at the end.</summary>
    private const int TotalStride = 32;

    private readonly ConvolutionUnit[] _stem;
    private readonly Bottleneck[] _blocks;
    private readonly AttentionPool _pool;
    private readonly int _size;
    private readonly int _heads;

    public ModifiedResNet(ParameterScope scope, ResNetConfig config, int embeddingDimension)
        : base(config)
    {
        (_size, _heads) = (config.ImageSize, config.Heads);
        ParameterScope stem = scope.At("stem");
        long half = config.Width / 2;
        _stem =
        [
            new(stem.At(1), 3, half, kernel: 3, stride: 2),
            new(stem.At(2), half, half, kernel: 3),
            new(stem.At(3), half, config.Width, kernel: 3),
        ];
        _blocks = [.. Blocks(scope.At("stages"), config)];
        long features = config.Width * TotalStride,
            positions = (config.ImageSize / TotalStride) * (config.ImageSize / TotalStride);
        ParameterScope pool = scope.At("pool").AtDepth(config.Layers.Count + 1);
        _pool = new(pool, positions, features, config.Heads, embeddingDimension);
    }

    /// <remarks>Its tokens are the positions of the last maps; its one layer with attention, 0, is the pool.</remarks>
    public override TowerOutputs Describe(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        TowerRequest request
    )
    {
        FollowedStatistics follow = new(request.Follows);
        Value maps = Maps(graph, images, preprocessing, follow);
        (Value mixed, Value embedding, Value? weights) = _pool.Describe(graph, maps, request.AttentionLayers.Contains(0));
        return new(embedding, mixed)
        {
            Tokens = request.EveryToken ? Places(graph, maps) : null,
            Attention = weights is null ? new Dictionary<int, Value>() : new() { [0] = weights },
            Statistics = follow.All,
        };
    }

    public override void AddFolded(ModelParameters parameters, ImagePreprocessing preprocessing)
    {
        foreach (ConvolutionUnit unit in _stem.Concat(_blocks.SelectMany(static block => block.Units)))
        {
            unit.AddFolded(parameters);
        }

        _stem[0].AddFoldedForBytes(parameters, preprocessing);
    }

    public override int Grid(int factor) => factor * _size / TotalStride;

    public override int PlaceSize => TotalStride;

    public override EmbeddingReadout Readout => new([_pool.Output], _heads, HasClassToken: true);

    public override string? ProblemOf(MapKind kind) =>
        kind == MapKind.Naclip
            ? "its image tower is a residual network, which has no last block in which places could see each other"
            : null;

    public override ImageParts DescribeParts(
        GraphBuilder graph,
        Value images,
        ImagePreprocessing preprocessing,
        int layers,
        MapKind kind
    )
    {
        Value maps = Maps(graph, images, preprocessing, new(static _ => false));
        (Value embedding, AttentionParts attention) = _pool.DescribeParts(graph, maps);
        return new(embedding, [attention])
        {
            Places = kind == MapKind.Exact ? null : graph.Normalize(_pool.DescribeAlone(graph, maps)),
        };
    }

    /// <summary>The last maps, [images, features, height ÷ 32, width ÷ 32].</summary>
    private Value Maps(GraphBuilder graph, Value images, ImagePreprocessing preprocessing, FollowedStatistics follow)
    {
        bool bytes = images.Type == ElementType.UInt8;
        Value maps = !bytes ? images : PixelNormalization.Centered(graph, images, preprocessing); // [images, 3, height, width]
        if (bytes && graph.IsTrainable)
        {
            maps = PixelNormalization.Scaled(graph, maps, preprocessing);
        }

        foreach (ConvolutionUnit unit in _stem)
        {
            maps = graph.Relu(unit.Describe(graph, maps, follow, ofBytes: bytes && unit == _stem[0]));
        }

        maps = graph.AveragePool(maps, 2); // [images, width, height ÷ 4, width ÷ 4]
        foreach (Bottleneck block in _blocks)
        {
            maps = block.Describe(graph, maps, follow);
        }

        return maps;
    }

    /// <summary>The blocks in order; the first of each stage but the first halves height and width.</summary>
    private static IEnumerable<Bottleneck> Blocks(ParameterScope scope, ResNetConfig config)
    {
        long channels = config.Width;
        for (int stage = 1; stage <= config.Layers.Count; stage++)
        {
            for (int index = 0; index < config.Layers[stage - 1]; index++)
            {
                Bottleneck block = new(
                    scope.At(stage).At(index).AtDepth(stage),
                    channels,
                    config.Width << (stage - 1),
                    stage > 1 && index == 0 ? 2 : 1
                );
                channels = block.Channels;
                yield return block;
            }
        }
    }

    private static Value Places(GraphBuilder graph, Value maps)
    {
        long positions = maps.Shape[2].Factor * maps.Shape[3].Factor;
        Value rows = graph.Reshape(maps, [maps.Shape[0], maps.Shape[1], positions]); // [n, features, positions]
        return graph.Transpose(rows, 0, 2, 1); // [n, positions, features]
    }
}
