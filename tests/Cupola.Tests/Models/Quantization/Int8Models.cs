using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Cupola.Checkpoints;
using Cupola.Models;
using Cupola.Models.Quantization;
using Cupola.Runtime;

namespace Cupola.Tests.Models.Quantization;

/// <summary>Models in both precisions, and models that are made hard to quantize.</summary>
internal static class Int8Models
{
    /// <summary>A model in int8 that keeps its weights in a folder of the test's own.</summary>
    public static ClipModel Load(string path, string? folder = null, ImageForm form = ImageForm.Bytes) =>
        ClipModel.Load(
            path,
            new Engine(new() { Threads = 2, Precision = Precision.Int8 }),
            form,
            new QuantizedFolder(folder ?? TestFolder.New())
        );

    /// <summary>The same in float32.</summary>
    public static ClipModel LoadExact(string path, ImageForm form = ImageForm.Bytes) =>
        ClipModel.Load(path, new Engine(new() { Threads = 2 }), form);

    /// <summary>A copy of a model in transformers' layout whose tensors were changed.</summary>
    public static string Copy(string model, Action<Dictionary<string, float[]>> change)
    {
        string copy = TestFolder.New();
        foreach (
            string file in Directory
                .EnumerateFiles(model)
                .Where(static file => !file.EndsWith(".safetensors", StringComparison.Ordinal))
        )
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        using SafetensorsFile weights = new(Path.Combine(model, "model.safetensors"));
        Dictionary<string, float[]> tensors = weights.Tensors.ToDictionary(
            static entry => entry.Key,
            static entry =>
            {
                float[] numbers = new float[entry.Value.ElementCount];
                entry.Value.CopyTo(numbers);
                return numbers;
            }
        );
        change(tensors);
        SafetensorsFile.Write(
            Path.Combine(copy, "model.safetensors"),
            [
                .. tensors.Select(entry =>
                    (
                        entry.Key,
                        weights.Tensors[entry.Key].Shape,
                        (Action<Stream>)(stream => stream.Write(MemoryMarshal.AsBytes<float>(entry.Value)))
                    )
                ),
            ]
        );
        return copy;
    }

    /// <summary>
    /// Puts outliers into every block, as large models have them: four channels of each norm are 64 times as large and what
    /// reads them as much smaller, which changes no answer, and four hidden units are 40 larger, which changes the model.
    /// </summary>
    public static void AddOutliers(Dictionary<string, float[]> tensors, bool inNorms, bool inHiddenUnits)
    {
        foreach (string norm in Named(".layer_norm", inNorms))
        {
            float[] numbers = tensors[norm];
            int[] channels = Channels(numbers.Length);
            foreach (int channel in channels)
            {
                numbers[channel] *= 64;
            }

            if (!norm.EndsWith(".weight", StringComparison.Ordinal))
            {
                continue;
            }

            string block = norm[..norm.IndexOf(".layer_norm", StringComparison.Ordinal)];
            string[] readers = norm.Contains("norm1", StringComparison.Ordinal)
                ? ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]
                : ["mlp.fc1"];
            foreach (float[] reader in readers.Select(reader => tensors[$"{block}.{reader}.weight"]))
            {
                for (int start = 0; start < reader.Length; start += numbers.Length)
                {
                    foreach (int channel in channels)
                    {
                        reader[start + channel] /= 64;
                    }
                }
            }
        }

        foreach (string bias in Named(".mlp.fc1.bias", inHiddenUnits))
        {
            foreach (int unit in Channels(tensors[bias].Length))
            {
                tensors[bias][unit] += 40;
            }
        }

        string[] Named(string part, bool wanted) =>
            [.. tensors.Keys.Where(name => wanted && name.Contains(part, StringComparison.Ordinal))];

        static int[] Channels(int width) => [.. Enumerable.Range(0, 4).Select(index => (3 + (index * width / 5)) % width)];
    }

    /// <summary>The cosines of rows of two embeddings.</summary>
    public static float[] Cosines(float[] left, float[] right, int dimension) =>
        [
            .. Enumerable
                .Range(0, left.Length / dimension)
                .Select(row =>
                    TensorPrimitives.CosineSimilarity(
                        left.AsSpan(row * dimension, dimension),
                        right.AsSpan(row * dimension, dimension)
                    )
                ),
        ];
}
