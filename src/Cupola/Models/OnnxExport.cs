using Cupola.Graphs;
using Cupola.Images;

namespace Cupola.Models;

/// <summary>
/// Writes a model as standard ONNX with the names of inputs and outputs that transformers.js expects:
/// text_model.onnx (input_ids → text_embeds, last_hidden_state), vision_model.onnx (pixel_values → image_embeds,
/// last_hidden_state) and model.onnx (both, with attention_mask → logits_per_image, logits_per_text, text_embeds,
/// image_embeds). As there, the first two give embeddings as projected and the third gives them at unit length. The mask
/// is taken and not needed: no token sees what stands behind it.
/// </summary>
internal static class OnnxExport
{
    /// <summary>The files that are written.</summary>
    public static readonly IReadOnlyList<string> FileNames = ["text_model.onnx", "vision_model.onnx", "model.onnx"];

    /// <summary>Writes the three files into a folder, each whole or not at all.</summary>
    /// <returns>Those of them whose parameters lie in a file beside them.</returns>
    public static IReadOnlyList<string> Write(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        ModelParameters parameters,
        long inside = OnnxFile.MaximumParameterBytes
    )
    {
        Directory.CreateDirectory(folder);
        if (config.Image is ResNetConfig network)
        {
            ConvolutionUnit.FoldAll(network, preprocessing, parameters);
        }

        List<string> divided = [];
        Graph[] graphs = [Text(config), Vision(config, preprocessing), Both(config, preprocessing)];
        foreach ((string file, Graph graph) in FileNames.Zip(graphs))
        {
            if (OnnxFile.Write(Path.Combine(folder, file), graph, parameters.For(graph), inside))
            {
                divided.Add(file);
            }
        }

        return divided;
    }

    private static Graph Text(ClipConfig config)
    {
        GraphBuilder graph = new();
        (Value state, Value embeddings) = TextTransformer.DescribePadded(
            graph,
            config.Text,
            config.EmbeddingDimension,
            Ids(graph, "batch_size")
        );
        graph.Output("text_embeds", embeddings);
        graph.Output("last_hidden_state", state);
        return graph.Build();
    }

    private static Graph Vision(ClipConfig config, ImagePreprocessing preprocessing)
    {
        GraphBuilder graph = new();
        Value pixels = PixelValues(graph, config);
        (Value? state, Value embeddings) = Image(graph, config, preprocessing, pixels);
        graph.Output("image_embeds", embeddings);
        if (state is not null)
        {
            graph.Output("last_hidden_state", state);
        }

        return graph.Build();
    }

    private static Graph Both(ClipConfig config, ImagePreprocessing preprocessing)
    {
        GraphBuilder graph = new();
        Value ids = Ids(graph, "text_batch_size");
        Value pixels = PixelValues(graph, config);
        graph.Input("attention_mask", ElementType.Int64, ids.Shape);
        Value texts = graph.Normalize(
            TextTransformer.DescribePadded(graph, config.Text, config.EmbeddingDimension, ids).Embeddings
        );
        Value images = graph.Normalize(Image(graph, config, preprocessing, pixels).Embeddings);
        Value scale = graph.Exp(graph.Parameter("logit_scale"));
        graph.Output("logits_per_image", graph.Multiply(graph.MatMul(images, graph.Transpose(texts, 1, 0)), scale));
        graph.Output("logits_per_text", graph.Multiply(graph.MatMul(texts, graph.Transpose(images, 1, 0)), scale));
        graph.Output("text_embeds", texts);
        graph.Output("image_embeds", images);
        return graph.Build();
    }

    private static Value Ids(GraphBuilder graph, string batch) =>
        graph.Input("input_ids", ElementType.Int64, [batch, "sequence_length"]);

    private static Value PixelValues(GraphBuilder graph, ClipConfig config) =>
        graph.Input("pixel_values", ElementType.Float32, [ImageEncoder.Batch, 3, config.Image.ImageSize, config.Image.ImageSize]);

    private static (Value? LastHiddenState, Value Embeddings) Image(
        GraphBuilder graph,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        Value pixels
    ) =>
        config.Image switch
        {
            VisionTransformerConfig transformer => VisionTransformer.DescribeWhole(
                graph,
                transformer,
                config.EmbeddingDimension,
                pixels
            ),
            ResNetConfig network => (
                null,
                ModifiedResNet.Describe(graph, network, config.EmbeddingDimension, preprocessing, pixels)
            ),
            _ => throw new InvalidOperationException($"There is no network for {config.Image.GetType().Name}."),
        };
}
