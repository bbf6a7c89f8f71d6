using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cupola.Checkpoints;
using Cupola.Files;
using Cupola.Images;

namespace Cupola.Models;

/// <summary>
/// A model's fingerprint as it was worked out before, so that a start need not hash all weights. It is believed as long as the
/// files of weights have their size, their time and what they hold at some places, and nothing else changed.
/// </summary>
/// <param name="folder">Where fingerprints are kept.</param>
/// <param name="weights">The model's files.</param>
/// <param name="config">Its architecture.</param>
/// <param name="preprocessing">What happens to its images.</param>
/// <param name="precision">What its embeddings are worked out in.</param>
internal sealed partial class RememberedFingerprint(
    string folder,
    TensorFile weights,
    ClipConfig config,
    ImagePreprocessing preprocessing,
    Precision precision
)
{
    private const string Format = "cupola-fingerprint-2";

    /// <summary>Places of each file that are looked at, and bytes of each.</summary>
    private const int Places = 64,
        PlaceBytes = 4096;

    /// <summary>A file that was just written may be written again within one tick of its clock.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Lazy<(string Name, bool IsSettled)> _identity = new(() =>
        Identify(weights, Describe(config, preprocessing, precision))
    );

    /// <summary>Where they are kept unless somebody says otherwise: in <c>fingerprints</c>, beside the embeddings.</summary>
    public static string DefaultFolder => UserCache.Folder("fingerprints");

    private string FilePath => Path.Combine(folder, $"{_identity.Value.Name}.fingerprint");

    /// <summary>The fingerprint, where it is known.</summary>
    public string? Find()
    {
        try
        {
            return
                File.Exists(FilePath) && File.ReadAllText(FilePath) is { Length: 64 } text && text.All(char.IsAsciiHexDigitLower)
                ? text
                : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Remembers a fingerprint where that is possible, and gives it.</summary>
    public string Keep(string fingerprint)
    {
        try
        {
            if (_identity.Value.IsSettled)
            {
                Directory.CreateDirectory(folder);
                AtomicFile.WriteAmongOthers(FilePath, stream => stream.Write(Encoding.ASCII.GetBytes(fingerprint)));
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It is worked out again at the next start.
        }

        return fingerprint;
    }

    /// <summary>All but the weights, and the library, which may work out another fingerprint.</summary>
    private static byte[] Describe(ClipConfig config, ImagePreprocessing preprocessing, Precision precision) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Description(
                Format,
                ModelFingerprint.NameOf(precision),
                config.Text,
                config.Image as VisionTransformerConfig,
                config.Image as ResNetConfig,
                config.EmbeddingDimension,
                preprocessing,
                typeof(RememberedFingerprint).Assembly.ManifestModule.ModuleVersionId
            ),
            DescriptionJson.Default.Description
        );

    private static (string Name, bool IsSettled) Identify(TensorFile weights, byte[] description)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        DateTime latest = DateTime.MinValue;
        hash.AppendData(description);
        byte[] place = new byte[PlaceBytes];
        foreach (string path in weights.Files)
        {
            using FileStream file = File.OpenRead(path);
            DateTime time = File.GetLastWriteTimeUtc(path);
            latest = time > latest ? time : latest;
            hash.AppendData(
                Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(path)}\n{file.Length}\n{time.Ticks}\n")
                )
            );
            for (int index = 0; index < Places; index++)
            {
                file.Position = Math.Max(0, file.Length - PlaceBytes) / (Places - 1) * index;
                hash.AppendData(place, 0, file.ReadAtLeast(place, PlaceBytes, throwOnEndOfStream: false));
            }
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), DateTime.UtcNow - latest > Settled);
    }

    private sealed record Description(
        string Format,
        string Precision,
        TextConfig Text,
        VisionTransformerConfig? Transformer,
        ResNetConfig? ResNet,
        int EmbeddingDimension,
        ImagePreprocessing Preprocessing,
        Guid Library
    );

    /// <summary>Writes it without looking at types at run time, which would cost a start a tenth of a second.</summary>
    [JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]
    [JsonSerializable(typeof(Description))]
    private sealed partial class DescriptionJson : JsonSerializerContext;
}
