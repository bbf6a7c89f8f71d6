using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Images;

namespace Cupola.Models;

/// <summary>
/// One hash for everything that changes an embedding: the numbers of every parameter under Cupola's names, the architecture, the
/// preprocessing and the precision. The same weights in another layout, or cut into several files, have the same one.
/// </summary>
internal static class ModelFingerprint
{
    /// <summary>Stands first in what is hashed; another number makes every fingerprint another.</summary>
    private const string Format = "cupola-model-1";

    /// <summary>SHA-256 in small hexadecimal digits.</summary>
    public static string Compute(Checkpoint checkpoint, ClipConfig config, ImagePreprocessing preprocessing, Precision precision)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // As objects, so that what is written is what they are, and not what their properties are declared to be.
        AppendJson(
            hash,
            new
            {
                Format,
                Precision = NameOf(precision),
                config.Text,
                Image = (object)config.Image,
                config.EmbeddingDimension,
                preprocessing,
            }
        );
        foreach (
            (string name, StoredTensor tensor) in checkpoint.Parameters.OrderBy(static entry => entry.Key, StringComparer.Ordinal)
        )
        {
            AppendJson(
                hash,
                new
                {
                    name,
                    Type = tensor.Type.ToString(),
                    tensor.Shape,
                }
            );
            hash.AppendData(tensor.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What stands for a precision; another word when the same numbers are rounded otherwise.</summary>
    public static string NameOf(Precision precision) => precision == Precision.Float32 ? "float32" : "int8-1";

    private static void AppendJson<T>(IncrementalHash hash, T value) =>
        hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value) + "\n"));
}
