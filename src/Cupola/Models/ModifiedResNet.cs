using System.Globalization;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;
using static System.FormattableString;

namespace Cupola.Models;

/// <summary>
/// CLIP's residual network (OpenAI CLIP, model.py, ModifiedResNet): three convolutions as a stem, average pools in place
/// of strides, and attention of the mean over all places as its last pool. For inference each batch norm is folded into
/// the convolution before it.
/// </summary>
internal sealed class ModifiedResNet(
    Engine engine,
    ResNetConfig config,
    int embeddingDimension,
    ImageForm form,
    ImagePreprocessing preprocessing,
    ModelParameters parameters
)
    : ImageEncoder(
        engine,
        config,
        embeddingDimension,
        form,
        (graph, images) => Describe(graph, config, embeddingDimension, preprocessing, images),
        ConvolutionUnit.FoldAll(config, preprocessing, parameters)
    )
{
    /// <summary>How much narrower the inner convolutions of a block are than its output.</summary>
    private const int Expansion = 4;

    /// <summary>Images in either form → embeddings [images, embedding].</summary>
    public static Value Describe(
        GraphBuilder graph,
        ResNetConfig config,
        int embeddingDimension,
        ImagePreprocessing preprocessing,
        Value images
    )
    {
        bool bytes = images.Type == ElementType.UInt8;
        Value pixels = bytes ? Centered(graph, preprocessing, images) : images;
        return Describe(graph, config, embeddingDimension, pixels, (unit, maps, stride) =>
            unit.Describe(graph, maps, stride, ofBytes: bytes && unit.Name == "stem.1")
        );
    }

    /// <summary>The same as it learns, from its parameters as they are stored.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="embeddingDimension">Numbers an embedding.</param>
    /// <param name="preprocessing">What was done to images that come as bytes.</param>
    /// <param name="images">In either form.</param>
    /// <param name="follows">
    /// Whether a running statistic follows the images; where it does not, its batch norm goes by it.
    /// </param>
    /// <returns>Besides the embeddings, what the running statistics that follow are to follow.</returns>
    public static (Value Embeddings, IReadOnlyList<BatchStatistic> Statistics) DescribeTrainable(
        GraphBuilder graph,
        ResNetConfig config,
        int embeddingDimension,
        ImagePreprocessing preprocessing,
        Value images,
        Func<string, bool> follows
    )
    {
        Value pixels = images;
        if (images.Type == ElementType.UInt8)
        {
            float[] scale = [.. preprocessing.StandardDeviation.Select(static deviation => (float)(1 / (255.0 * deviation)))];
            pixels = graph.Multiply(Centered(graph, preprocessing, images), graph.Constant(scale, 3, 1, 1));
        }

        List<BatchStatistic> statistics = [];
        Value embeddings = Describe(graph, config, embeddingDimension, pixels, (unit, maps, stride) =>
        {
            (Value normed, IReadOnlyList<BatchStatistic> ofUnit) = unit.DescribeTrainable(graph, maps, stride, follows);
            statistics.AddRange(ofUnit);
            return normed;
        });
        return (embeddings, statistics);
    }

    private static Value Describe(
        GraphBuilder graph,
        ResNetConfig config,
        int embeddingDimension,
        Value pixels,
        Func<ConvolutionUnit, Value, long, Value> describe
    )
    {
        Dictionary<string, ConvolutionUnit> units = Units(config).ToDictionary(unit => unit.Name, StringComparer.Ordinal);
        Value Convolve(string name, Value input, long stride = 1) => describe(units[name], input, stride);

        Value maps = pixels;
        for (int index = 1; index <= 3; index++)
        {
            maps = graph.Relu(Convolve(Invariant($"stem.{index}"), maps, stride: index == 1 ? 2 : 1));
        }

        maps = graph.AveragePool(maps, 2);
        foreach ((string block, int stride) in Blocks(config))
        {
            Value inner = graph.Relu(Convolve($"{block}.1", maps));
            inner = graph.Relu(Convolve($"{block}.2", inner));
            inner = Convolve($"{block}.3", stride == 1 ? inner : graph.AveragePool(inner, stride));
            Value shortcut = units.ContainsKey($"{block}.shortcut")
                ? Convolve($"{block}.shortcut", stride == 1 ? maps : graph.AveragePool(maps, stride))
                : maps;
            maps = graph.Relu(graph.Add(inner, shortcut));
        }

        return AttentionPool(graph, config, embeddingDimension, maps);
    }

    /// <summary>What a checkpoint of this network must hold, by name.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Parameters(ResNetConfig config, int embeddingDimension)
    {
        long features = config.Width * 32,
            places = (config.ImageSize / 32) * (config.ImageSize / 32);
        return Units(config)
            .SelectMany(unit => unit.Stored())
            .Append(("image.pool.position_embedding", [places + 1, features]))
            .Concat(Linear("query", features, features))
            .Concat(Linear("key", features, features))
            .Concat(Linear("value", features, features))
            .Concat(Linear("output", embeddingDimension, features));

        static IEnumerable<(string, long[])> Linear(string name, long to, long from) =>
            [($"image.pool.{name}.weight", [to, from]), ($"image.pool.{name}.bias", [to])];
    }

    /// <summary>Every convolution of the network with the batch norm behind it.</summary>
    internal static IEnumerable<ConvolutionUnit> Units(ResNetConfig config)
    {
        long half = config.Width / 2;
        yield return new("stem.1", 3, half, 3);
        yield return new("stem.2", half, half, 3);
        yield return new("stem.3", half, config.Width, 3);

        long channels = config.Width;
        foreach ((string block, int stride) in Blocks(config))
        {
            long inner = config.Width << (block[7] - '1');
            yield return new($"{block}.1", channels, inner, 1);
            yield return new($"{block}.2", inner, inner, 3);
            yield return new($"{block}.3", inner, inner * Expansion, 1);
            if (stride > 1 || channels != inner * Expansion)
            {
                yield return new($"{block}.shortcut", channels, inner * Expansion, 1);
            }

            channels = inner * Expansion;
        }
    }

    /// <summary>The blocks in order; the first of each stage but the first halves height and width.</summary>
    private static IEnumerable<(string Name, int Stride)> Blocks(ResNetConfig config)
    {
        for (int stage = 1; stage <= config.Layers.Count; stage++)
        {
            for (int block = 0; block < config.Layers[stage - 1]; block++)
            {
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"stages.{stage}.{block}"),
                    stage > 1 && block == 0 ? 2 : 1
                );
            }
        }
    }

    /// <summary>
    /// Bytes less the mean, [images, 3, height, width]. The stem pads with zeros after normalisation, so the mean must
    /// go before it; the scale is folded into its weights.
    /// </summary>
    private static Value Centered(GraphBuilder graph, ImagePreprocessing preprocessing, Value images)
    {
        float[] mean = [.. preprocessing.Mean.Select(mean => -255 * mean)];
        return graph.Add(graph.Cast(graph.Transpose(images, 0, 3, 1, 2), ElementType.Float32), graph.Constant(mean, 3, 1, 1));
    }

    /// <summary>The mean over all places asks all places and itself (model.py, AttentionPool2d).</summary>
    private static Value AttentionPool(GraphBuilder graph, ResNetConfig config, int embeddingDimension, Value maps)
    {
        Dimension batch = maps.Shape[0];
        long features = maps.Shape[1].Factor,
            places = maps.Shape[2].Factor * maps.Shape[3].Factor;
        Value tokens = graph.Transpose(graph.Reshape(maps, [batch, features, places]), 0, 2, 1);
        Value mean = graph.Reshape(graph.Mean(tokens, axis: 1), [batch, 1, features]);
        tokens = graph.Add(
            graph.Concat(mean, tokens, axis: 1),
            graph.Parameter("image.pool.position_embedding", places + 1, features)
        );

        Value Linear(string name, Value rows, long to) =>
            graph.Linear(
                rows,
                graph.Parameter($"image.pool.{name}.weight", to, features),
                graph.Parameter($"image.pool.{name}.bias", to)
            );
        Value Tokens(string name) =>
            graph.Reshape(
                Linear(name, graph.Reshape(tokens, [batch * (places + 1), features]), features),
                [batch, places + 1, features]
            );
        Value first = graph.Reshape(graph.Slice(tokens, axis: 1, 0, 1), [batch, features]);
        Value query = graph.Reshape(Linear("query", first, features), [batch, 1, features]);
        Value mixed = graph.Attention(query, Tokens("key"), Tokens("value"), config.Heads);
        return Linear("output", graph.Reshape(mixed, [batch, features]), embeddingDimension);
    }
}
