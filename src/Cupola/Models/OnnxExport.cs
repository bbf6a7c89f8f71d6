using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models.Layers;

namespace Cupola.Models;

/// <summary>
/// Writes a model as standard ONNX with the names of inputs and outputs that transformers.js expects: text_model.onnx (input_ids
/// → text_embeds, last_hidden_state), vision_model.onnx (pixel_values → image_embeds, last_hidden_state) and model.onnx (both,
/// with attention_mask → logits_per_image, logits_per_text, text_embeds, image_embeds). As there, the first two give embeddings
/// as projected and the third gives them at unit length. The mask is taken and not needed: no token sees what stands behind it.
/// A SigLIP has the names of its own kind there: the first two give pooler_output in place of text_embeds and image_embeds, texts
/// are of the context length, and there is no mask.
/// </summary>
internal static class OnnxExport
{
    /// <summary>The files that are written.</summary>
    public static readonly IReadOnlyList<string> FileNames = ["text_model.onnx", "vision_model.onnx", "model.onnx"];

    private const string Pooled = "pooler_output";

    /// <summary>Graphs for others give the state of every token, as transformers' do.</summary>
    private static readonly TowerRequest EveryToken = new() { EveryToken = true };

    /// <summary>Writes the three files into a folder, each whole or not at all.</summary>
    /// <returns>Those of them whose parameters lie in a file beside them.</returns>
    public static IReadOnlyList<string> Write(
        string folder,
        ClipNetwork network,
        ImagePreprocessing preprocessing,
        ModelParameters parameters,
        long inside = OnnxFile.MaximumParameterBytes
    )
    {
        Directory.CreateDirectory(folder);
        network.Image.AddFolded(parameters, preprocessing);
        List<string> divided = [];
        Graph[] graphs = [Text(network), Vision(network, preprocessing), Both(network, preprocessing)];
        foreach ((string file, Graph graph) in FileNames.Zip(graphs))
        {
            if (OnnxFile.Write(Path.Combine(folder, file), graph, parameters.For(graph), inside))
            {
                divided.Add(file);
            }
        }

        return divided;
    }

    private static Graph Text(ClipNetwork network)
    {
        GraphBuilder graph = new();
        Value ids = Ids(graph, network, "batch_size");
        TowerOutputs texts = network.Text.Describe(graph, network.Text.Padded(graph, ids), EveryToken);
        graph.Output(IsSiglip(network) ? Pooled : "text_embeds", texts.Embedding);
        graph.Output("last_hidden_state", texts.Tokens!);
        return graph.Build();
    }

    private static Graph Vision(ClipNetwork network, ImagePreprocessing preprocessing)
    {
        GraphBuilder graph = new();
        Value pixels = network.Image.Input(graph, "pixel_values", ImageForm.PixelValues);
        TowerOutputs images = network.Image.Describe(graph, pixels, preprocessing, EveryToken);
        graph.Output(IsSiglip(network) ? Pooled : "image_embeds", images.Embedding);
        // A SigLIP's last state is behind the norm in transformers, a CLIP's before it.
        if ((IsSiglip(network) ? images.Tokens : images.TokensBeforeNorm) is { } state)
        {
            graph.Output("last_hidden_state", state);
        }

        return graph.Build();
    }

    private static Graph Both(ClipNetwork network, ImagePreprocessing preprocessing)
    {
        GraphBuilder graph = new();
        Value ids = Ids(graph, network, "text_batch_size");
        Value pixels = network.Image.Input(graph, "pixel_values", ImageForm.PixelValues);
        if (!IsSiglip(network))
        {
            graph.Input("attention_mask", ElementType.Int64, ids.Shape);
        }

        Value texts = graph.Normalize(network.Text.Describe(graph, network.Text.Padded(graph, ids), EveryToken).Embedding);
        Value images = graph.Normalize(network.Image.Describe(graph, pixels, preprocessing, EveryToken).Embedding);
        Value scale = graph.Exp(network.LogitScale.In(graph));
        graph.Output("logits_per_image", Logits(images, texts));
        graph.Output("logits_per_text", Logits(texts, images));
        graph.Output("text_embeds", texts);
        graph.Output("image_embeds", images);
        return graph.Build();

        Value Logits(Value rows, Value columns)
        {
            Value logits = graph.Multiply(graph.MatMul(rows, graph.Transpose(columns, 1, 0)), scale);
            return IsSiglip(network) ? graph.Add(logits, network.LogitBias!.In(graph)) : logits;
        }
    }

    private static bool IsSiglip(ClipNetwork network) => network.Text.Reading == TextReading.FixedLength;

    private static Value Ids(GraphBuilder graph, ClipNetwork network, string texts) =>
        graph.Input(
            "input_ids",
            ElementType.Int64,
            IsSiglip(network) ? [texts, network.Text.ContextLength] : [texts, "sequence_length"]
        );
}
