using Cupola.Graphs;
using Cupola.Images;
using Cupola.Runtime;

namespace Cupola.Models;

/// <summary>
/// CLIP's vision transformer (OpenAI CLIP, model.py, VisionTransformer; arXiv 2010.11929): patches and a class token
/// with learned positions, a norm before the blocks, and the answer read from the class token.
/// </summary>
internal sealed class VisionTransformer(
    Engine engine,
    VisionTransformerConfig config,
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
        (graph, images) => Describe(graph, config, embeddingDimension, images),
        Fold(config, preprocessing, parameters)
    )
{
    /// <summary>Images in either form → embeddings [images, embedding], the last block for the class token alone.</summary>
    public static Value Describe(GraphBuilder graph, VisionTransformerConfig config, int embeddingDimension, Value images)
    {
        (TransformerTower tower, Value rows) = AllButLastBlock(graph, config, Patches(graph, config, images));
        rows = tower.Last(
            rows,
            (query, key, value) => Attend(graph, config, query, key, value, queries: 1),
            rows => ClassToken(graph, config, rows)
        );
        return Project(graph, config, embeddingDimension, tower, rows);
    }

    /// <summary>
    /// The same for training. The normalisation of bytes stays apart from the patch embedding, which changes with every step;
    /// floats [images, 3, height, width] are
    /// normalised already.
    /// </summary>
    public static Value DescribeTrainable(
        GraphBuilder graph,
        VisionTransformerConfig config,
        int embeddingDimension,
        ImagePreprocessing preprocessing,
        Value images
    )
    {
        (TransformerTower tower, Value rows) = AllButLastBlock(
            graph,
            config,
            TrainablePatches(graph, config, preprocessing, images)
        );
        rows = tower.Last(
            rows,
            (query, key, value) => Attend(graph, config, query, key, value, queries: 1),
            rows => ClassToken(graph, config, rows)
        );
        return Project(graph, config, embeddingDimension, tower, rows);
    }

    /// <summary>
    /// The same with the last block for every token, as others know it: also its state [images, patches + 1, width].
    /// </summary>
    public static (Value LastHiddenState, Value Embeddings) DescribeWhole(
        GraphBuilder graph,
        VisionTransformerConfig config,
        int embeddingDimension,
        Value images
    )
    {
        (TransformerTower tower, Value rows) = AllButLastBlock(graph, config, Patches(graph, config, images));
        rows = tower.Last(
            rows,
            (query, key, value) => Attend(graph, config, query, key, value, config.Tokens),
            static rows => rows
        );
        Value lastHiddenState = graph.Reshape(rows, [Batch, config.Tokens, config.Transformer.Width]);
        return (lastHiddenState, Project(graph, config, embeddingDimension, tower, ClassToken(graph, config, rows)));
    }

    private static (TransformerTower Tower, Value Rows) AllButLastBlock(
        GraphBuilder graph,
        VisionTransformerConfig config,
        Value patches
    )
    {
        int tokens = config.Tokens;
        Value classToken = graph.RepeatRow(graph.Parameter("image.class_embedding", config.Transformer.Width), patches);
        Value sequence = graph.Add(
            graph.Concat(classToken, patches, axis: 1),
            graph.Parameter("image.position_embedding", tokens, config.Transformer.Width)
        );
        TransformerTower tower = new(graph, "image", config.Transformer);
        Value rows = tower.Norm("pre_norm", graph.Reshape(sequence, [(Dimension)Batch * tokens, config.Transformer.Width]));
        return (tower, tower.AllButLast(rows, (query, key, value) => Attend(graph, config, query, key, value, tokens)));
    }

    private static Value Attend(
        GraphBuilder graph,
        VisionTransformerConfig config,
        Value query,
        Value key,
        Value value,
        int queries
    )
    {
        Value Whole(Value rows, int length) => graph.Reshape(rows, [Batch, length, config.Transformer.Width]);
        Value mixed = graph.Attention(
            Whole(query, queries),
            Whole(key, config.Tokens),
            Whole(value, config.Tokens),
            config.Transformer.Heads
        );
        return graph.Reshape(mixed, [(Dimension)Batch * queries, config.Transformer.Width]);
    }

    /// <summary>The first row of each image: [images · (patches + 1), width] → [images, width].</summary>
    private static Value ClassToken(GraphBuilder graph, VisionTransformerConfig config, Value rows) =>
        graph.Reshape(
            graph.Slice(graph.Reshape(rows, [Batch, config.Tokens, config.Transformer.Width]), axis: 1, 0, 1),
            [Batch, config.Transformer.Width]
        );

    private static Value Project(
        GraphBuilder graph,
        VisionTransformerConfig config,
        int embeddingDimension,
        TransformerTower tower,
        Value pooled
    ) =>
        graph.Linear(
            tower.Norm("post_norm", pooled),
            graph.Parameter("image.projection", embeddingDimension, config.Transformer.Width)
        );

    private static Value Patches(GraphBuilder graph, VisionTransformerConfig config, Value images) =>
        images.Type == ElementType.UInt8 ? PatchesOfBytes(graph, config, images) : PatchesOfPixelValues(graph, config, images);

    /// <summary>
    /// The product of patches, as rows in the weight's order (channel, row, column), with the weight as it is stored: [images,
    /// patches, width].
    /// </summary>
    private static Value TrainablePatches(
        GraphBuilder graph,
        VisionTransformerConfig config,
        ImagePreprocessing preprocessing,
        Value images
    )
    {
        long grid = config.ImageSize / config.PatchSize,
            patch = config.PatchSize,
            width = config.Transformer.Width;
        Dimension batch = Batch;
        Value cut;
        if (images.Type == ElementType.UInt8)
        {
            float[] scale = [.. preprocessing.StandardDeviation.Select(static deviation => (float)(1 / (255.0 * deviation)))];
            float[] shift =
            [
                .. preprocessing.Mean.Zip(preprocessing.StandardDeviation, static (mean, deviation) =>
                    (float)(-mean / (double)deviation)
                ),
            ];
            Value normalized = graph.Add(
                graph.Multiply(graph.Cast(images, ElementType.Float32), graph.Constant(scale, 3)),
                graph.Constant(shift, 3)
            );
            cut = graph.Transpose(graph.Reshape(normalized, [batch, grid, patch, grid, patch, 3]), 0, 1, 3, 5, 2, 4);
        }
        else
        {
            cut = graph.Transpose(graph.Reshape(images, [batch, 3, grid, patch, grid, patch]), 0, 2, 4, 1, 3, 5);
        }

        Value rows = graph.Reshape(cut, [batch * (grid * grid), 3 * patch * patch]);
        Value weight = graph.Reshape(
            graph.Parameter("image.patch_embedding", width, 3, patch, patch),
            [width, 3 * patch * patch]
        );
        return graph.Reshape(graph.Linear(rows, weight), [batch, grid * grid, width]);
    }

    /// <summary>A convolution whose stride is its kernel, written as the product that it is: [images, patches, width].</summary>
    private static Value PatchesOfBytes(GraphBuilder graph, VisionTransformerConfig config, Value images)
    {
        long grid = config.ImageSize / config.PatchSize,
            patch = config.PatchSize;
        Dimension batch = Batch;
        Value cut = graph.Transpose(graph.Reshape(images, [batch, grid, patch, grid, patch * 3]), 0, 1, 3, 2, 4);
        Value rows = graph.Cast(graph.Reshape(cut, [batch * (grid * grid), patch * patch * 3]), ElementType.Float32);
        Value embedded = graph.Linear(
            rows,
            graph.Parameter(PixelNormalization.FoldedWeight, config.Transformer.Width, patch * patch * 3),
            graph.Parameter(PixelNormalization.FoldedBias, config.Transformer.Width)
        );
        return graph.Reshape(embedded, [batch, grid * grid, config.Transformer.Width]);
    }

    private static Value PatchesOfPixelValues(GraphBuilder graph, VisionTransformerConfig config, Value pixels)
    {
        long grid = config.ImageSize / config.PatchSize;
        Value weight = graph.Parameter("image.patch_embedding", config.Transformer.Width, 3, config.PatchSize, config.PatchSize);
        Value maps = graph.Convolution(pixels, weight, bias: null, config.PatchSize); // [images, width, grid, grid]
        return graph.Transpose(graph.Reshape(maps, [Batch, config.Transformer.Width, grid * grid]), 0, 2, 1);
    }

    private static ModelParameters Fold(
        VisionTransformerConfig config,
        ImagePreprocessing preprocessing,
        ModelParameters parameters
    )
    {
        PixelNormalization.FoldIntoPatches(preprocessing, parameters, config.Transformer.Width, config.PatchSize);
        return parameters;
    }
}
