using System.Text.Json;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Tests.Models;

/// <summary>A model of another maker (16 pixels, two layers, four heads of four), against an oracle in float64.</summary>
public sealed class TinyClipTests
{
    [Fact]
    public void BothTowersAgreeWithTheOracleInFloat64()
    {
        using ClipModel model = ClipModel.Load(InFolder(), new Engine(new() { Threads = 2 }), ImageForm.PixelValues);
        using JsonDocument oracle = JsonDocument.Parse(
            File.ReadAllText(SharedFolder.Need("parity", "tiny_clip", "tiny_clip_embeds.json"))
        );
        JsonElement root = oracle.RootElement;
        int[][] texts =
        [
            .. root.GetProperty("text_sequences")
                .EnumerateArray()
                .Select(text => text.EnumerateArray().Select(id => id.GetInt32()).ToArray()),
        ];
        float[] pixels = Numbers(root.GetProperty("pixels"));
        using Tensor image = Tensor.Of<float>(ElementType.Float32, pixels, pixels.Length / (3 * 16 * 16), 3, 16, 16);

        Check(root.GetProperty("text_embeds"), model.Text.Encode(texts).Embeddings);
        Check(root.GetProperty("image_embeds"), model.Image.Encode(image));
    }

    /// <summary>The oracle's are not of unit length.</summary>
    private static void Check(JsonElement golden, float[] actual)
    {
        float[] expected = Numbers(golden);
        ForwardParityTests.AssertClose(expected, actual, expected);
    }

    /// <summary>The files under the names that a model folder has.</summary>
    private static string InFolder()
    {
        string folder = TestFolder.New();
        File.Copy(SharedFolder.Need("parity", "tiny_clip", "tiny_clip.safetensors"), Path.Combine(folder, "model.safetensors"));
        File.Copy(SharedFolder.Need("parity", "tiny_clip", "tiny_clip_config.json"), Path.Combine(folder, "config.json"));
        return folder;
    }

    private static float[] Numbers(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Numbers)] : [element.GetSingle()];
}
