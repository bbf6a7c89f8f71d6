using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Models.Quantization;

/// <summary>
/// A tower's quantized weights in a safetensors file, which is mapped into memory; its metadata hold the kept channels and a
/// checksum of each tensor.
/// </summary>
internal static partial class QuantizedWeightsFile
{
    private const string Format = "cupola-int8-1";

    /// <summary>The largest tensor that is read.</summary>
    private const long MostBytes = int.MaxValue;

    /// <summary>Writes a file, whole or not at all.</summary>
    public static void Write(string path, QuantizedWeights weights)
    {
        // Numbers of four bytes first: what lies behind them needs no alignment.
        (string Name, Tensor Tensor)[] tensors =
        [
            .. weights
                .Tensors.Select(static entry => (entry.Key, entry.Value))
                .OrderBy(static entry => entry.Value.Type == ElementType.Int8)
                .ThenBy(static entry => entry.Key, StringComparer.Ordinal),
        ];
        SafetensorsFile.Write(
            path,
            [
                .. tensors.Select(static entry =>
                    (
                        entry.Name,
                        entry.Tensor.Type,
                        entry.Tensor.Shape,
                        (Action<Stream>)(stream => stream.Write(entry.Tensor.AsSpan<byte>()))
                    )
                ),
            ],
            new Dictionary<string, string>
            {
                ["format"] = Format,
                ["kept"] = JsonSerializer.Serialize(weights.Kept.ToDictionary(), MetadataJson.Default.DictionaryStringInt32Array),
                ["checksums"] = JsonSerializer.Serialize(
                    tensors.ToDictionary(static entry => entry.Name, static entry => Checksum(entry.Tensor.AsSpan<byte>())),
                    MetadataJson.Default.DictionaryStringString
                ),
            }
        );
    }

    /// <summary>The weights of a file; null where there is none, or it is damaged or of other products.</summary>
    public static QuantizedWeights? Read(string path, IReadOnlyList<LinearProduct> products)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        SafetensorsFile? file = null;
        try
        {
            file = new(path);
            if (
                file.Metadata.GetValueOrDefault("format") != Format
                || Parse(file, "kept", MetadataJson.Default.DictionaryStringInt32Array) is not { } kept
                || kept.Values.Any(static channels => channels is null)
                || Parse(file, "checksums", MetadataJson.Default.DictionaryStringString) is not { } checksums
                || !file
                    .Tensors.Values.AsParallel()
                    .All(tensor =>
                        tensor.ByteCount <= MostBytes
                        && tensor.IsAligned
                        && checksums.GetValueOrDefault(tensor.Name) == Checksum(tensor.Bytes)
                    )
            )
            {
                file.Dispose();
                return null;
            }

            QuantizedWeights weights = new(
                file.Tensors.ToDictionary(
                    static entry => entry.Key,
                    static entry => Tensor.Borrow(entry.Value.Type, entry.Value.Address, [.. entry.Value.Shape]),
                    StringComparer.Ordinal
                ),
                kept,
                file
            );
            if (weights.Fit(products))
            {
                return weights;
            }

            weights.Dispose();
            return null;
        }
        catch (Exception problem)
            when (problem is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            file?.Dispose();
            return null;
        }
    }

    private static T? Parse<T>(SafetensorsFile file, string name, JsonTypeInfo<T> type) =>
        file.Metadata.TryGetValue(name, out string? text) ? JsonSerializer.Deserialize(text, type) : default;

    /// <summary>CRC-32C, for which processors have an instruction: it finds damage, and no one else writes here.</summary>
    private static string Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = BitOperations.Crc32C(sum, rest);
        }

        return sum.ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads and writes metadata without looking at types at run time, which would cost every start.</summary>
    [JsonSerializable(typeof(Dictionary<string, int[]>))]
    [JsonSerializable(typeof(Dictionary<string, string>))]
    private sealed partial class MetadataJson : JsonSerializerContext;
}
