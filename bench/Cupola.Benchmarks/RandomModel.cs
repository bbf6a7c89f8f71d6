using System.Runtime.InteropServices;
using Cupola.Checkpoints;

namespace Cupola.Benchmarks;

/// <summary>A checkpoint of full size, ViT-B/32's shapes in transformers' layout with seeded random weights.</summary>
internal static class RandomModel
{
    private const int Seed = 20261123;

    private const string Config = """
        {
          "model_type": "clip", "projection_dim": 512,
          "text_config": { "hidden_size": 512, "intermediate_size": 2048, "num_attention_heads": 8, "num_hidden_layers": 12,
            "max_position_embeddings": 77, "vocab_size": 49408, "hidden_act": "quick_gelu" },
          "vision_config": { "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12,
            "image_size": 224, "patch_size": 32, "hidden_act": "quick_gelu" }
        }
        """;

    public static int Write(string folder, string? tokenizer)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config);
        (string Name, long[] Shape)[] shapes = [.. Shapes()];
        Random random = new(Seed);
        SafetensorsFile.Write(
            Path.Combine(folder, "model.safetensors"),
            [
                .. shapes.Select(entry =>
                    (
                        entry.Name,
                        (IReadOnlyList<long>)entry.Shape,
                        (Action<Stream>)(stream => WriteNumbers(stream, entry.Name, entry.Shape, random))
                    )
                ),
            ]
        );
        foreach (string file in tokenizer is null ? [] : new[] { "vocab.json", "merges.txt", "tokenizer.json" })
        {
            File.Copy(Path.Combine(tokenizer!, file), Path.Combine(folder, file), overwrite: true);
        }

        Console.WriteLine(
            $"{folder}: "
                + $"{shapes.Sum(static entry => entry.Shape.Aggregate(1L, static (product, extent) => product * extent)):N0} "
                + "parameters"
        );
        return 0;
    }

    /// <summary>Weights as they are drawn before training: norms of 1, small numbers everywhere else.</summary>
    private static void WriteNumbers(Stream stream, string name, long[] shape, Random random)
    {
        var numbers = new float[shape.Aggregate(1L, static (product, extent) => product * extent)];
        bool isNorm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
        float spread = shape.Length >= 2 ? 0.07f : 0.02f;
        for (int index = 0; index < numbers.Length; index++)
        {
            numbers[index] =
                name == "logit_scale" ? 4.6052f
                : isNorm ? 1
                : (random.NextSingle() - 0.5f) * spread;
        }

        stream.Write(MemoryMarshal.AsBytes<float>(numbers));
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        yield return ("logit_scale", []);
        yield return ("text_projection.weight", [512, 512]);
        yield return ("visual_projection.weight", [512, 768]);
        yield return ("text_model.embeddings.token_embedding.weight", [49408, 512]);
        yield return ("text_model.embeddings.position_embedding.weight", [77, 512]);
        yield return ("text_model.final_layer_norm.weight", [512]);
        yield return ("text_model.final_layer_norm.bias", [512]);
        yield return ("vision_model.embeddings.class_embedding", [768]);
        yield return ("vision_model.embeddings.patch_embedding.weight", [768, 3, 32, 32]);
        yield return ("vision_model.embeddings.position_embedding.weight", [50, 768]);
        foreach (string norm in new[] { "pre_layrnorm", "post_layernorm" })
        {
            yield return ($"vision_model.{norm}.weight", [768]);
            yield return ($"vision_model.{norm}.bias", [768]);
        }

        foreach ((string tower, long width) in new[] { ("text_model", 512L), ("vision_model", 768L) })
        {
            for (int layer = 0; layer < 12; layer++)
            {
                foreach ((string name, long[] shape) in Block(width))
                {
                    yield return ($"{tower}.encoder.layers.{layer}.{name}", shape);
                }
            }
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> Block(long width)
    {
        foreach (string projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" })
        {
            yield return ($"self_attn.{projection}.weight", [width, width]);
            yield return ($"self_attn.{projection}.bias", [width]);
        }

        foreach (string norm in new[] { "layer_norm1", "layer_norm2" })
        {
            yield return ($"{norm}.weight", [width]);
            yield return ($"{norm}.bias", [width]);
        }

        yield return ("mlp.fc1.weight", [4 * width, width]);
        yield return ("mlp.fc1.bias", [4 * width]);
        yield return ("mlp.fc2.weight", [width, 4 * width]);
        yield return ("mlp.fc2.bias", [width]);
    }
}
