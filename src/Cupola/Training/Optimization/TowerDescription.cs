using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;

namespace Cupola.Training.Optimization;

/// <summary>A tower as a graph, described so that it can learn.</summary>
/// <param name="Inputs">What each run brings.</param>
/// <param name="Embeddings">What it gives, [rows, dimension].</param>
/// <param name="LookUps">
/// Tables of which a run reads few rows: the gradient of the rows is worked out, and added to the table's where the rows stand,
/// because a gradient of the
/// whole table would be nearly all zeros.
/// </param>
/// <param name="Statistics">What running statistics are to follow.</param>
internal sealed record TowerDescription(
    IReadOnlyList<Value> Inputs,
    Value Embeddings,
    IReadOnlyList<LookUp> LookUps,
    IReadOnlyList<BatchStatistic> Statistics
)
{
    /// <summary>The name of the image tower's input.</summary>
    public const string Images = "images";

    /// <summary>The image tower.</summary>
    /// <param name="graph">Where it is described.</param>
    /// <param name="config">The architecture.</param>
    /// <param name="preprocessing">What was done to images that come as bytes.</param>
    /// <param name="form">How images come.</param>
    /// <param name="follows">Whether a running statistic of a residual network follows the images.</param>
    public static TowerDescription OfImages(
        GraphBuilder graph,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        ImageForm form,
        Func<string, bool> follows
    )
    {
        long size = config.Image.ImageSize;
        Value images =
            form == ImageForm.Bytes
                ? graph.Input(Images, ElementType.UInt8, [ImageEncoder.Batch, size, size, 3])
                : graph.Input(Images, ElementType.Float32, [ImageEncoder.Batch, 3, size, size]);
        if (config.Image is VisionTransformerConfig transformer)
        {
            return new(
                [images],
                VisionTransformer.DescribeTrainable(graph, transformer, config.EmbeddingDimension, preprocessing, images),
                [],
                []
            );
        }

        (Value embeddings, IReadOnlyList<BatchStatistic> statistics) = ModifiedResNet.DescribeTrainable(
            graph,
            (ResNetConfig)config.Image,
            config.EmbeddingDimension,
            preprocessing,
            images,
            follows
        );
        return new([images], embeddings, [], statistics);
    }

    /// <summary>The text tower.</summary>
    public static TowerDescription OfTexts(GraphBuilder graph, ClipConfig config)
    {
        PackedTree.Inputs tree = PackedTree.Describe(graph);
        (Value tokenRows, _, Value embeddings) = TextTransformer.DescribePacked(
            graph,
            config.Text,
            config.EmbeddingDimension,
            tree
        );
        return new(tree.All, embeddings, [new(tokenRows, "text.token_embedding", tree.Ids.Name)], []);
    }
}

/// <summary>Rows of a table that indices name.</summary>
/// <param name="Rows">The rows in the graph.</param>
/// <param name="Parameter">The table's name.</param>
/// <param name="Indices">The name of the input that holds the indices (int32).</param>
internal sealed record LookUp(Value Rows, string Parameter, string Indices);
