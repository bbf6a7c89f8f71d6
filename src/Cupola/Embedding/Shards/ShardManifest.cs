using System.Text.Json;

namespace Cupola.Embedding.Shards;

/// <summary>
/// What is said of a shard's output, in the .json beside its array. It is written last: an output without it is not done.
/// </summary>
internal sealed record ShardManifest
{
    /// <summary>Sentences on inputs that failed are kept up to this number; the others are only counted.</summary>
    public const int MostFailures = 1000;

    /// <summary>What all outputs of the folder have in common.</summary>
    public required ShardSettings Settings { get; init; }

    /// <summary>The shard, as it was named.</summary>
    public required string Shard { get; init; }

    /// <summary>The shard's file.</summary>
    public required ShardSource Source { get; init; }

    /// <summary>How many embeddings there are.</summary>
    public required long Count { get; init; }

    /// <summary>How many inputs could not be embedded.</summary>
    public required long Failed { get; init; }

    /// <summary>Why, a sentence each, of the first thousand.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The array.</summary>
    public required FileContent Array { get; init; }

    /// <summary>The names beside it.</summary>
    public required FileContent Names { get; init; }

    /// <summary>The device, and the versions of Cupola and ONNX Runtime.</summary>
    public required string Device { get; init; }

    /// <summary>The version of Cupola.</summary>
    public string Cupola { get; init; } = typeof(ShardManifest).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version of ONNX Runtime.</summary>
    public string Engine { get; init; } = Runtime.Engine.Version;

    /// <summary>As it is written.</summary>
    public byte[] ToJson() =>
        ShardJson.Write(json =>
        {
            json.WriteString("shard", Shard);
            json.WriteNumber(ShardSettings.NameOf(Settings.Content), Count);
            json.WriteNumber("failed", Failed);
            Settings.WriteTo(json);
            json.WriteString("device", Device);
            Source.WriteTo(json, "source");
            Write(json, "embeddings", Array);
            Write(json, "names", Names);
            json.WriteStartObject("versions");
            json.WriteString("cupola", Cupola);
            json.WriteString("onnxRuntime", Engine);
            json.WriteEndObject();
            json.WritePropertyName("failures");
            JsonSerializer.Serialize(json, Failures);
        });

    /// <summary>Reads one; null where it is not there, or is none.</summary>
    public static ShardManifest? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        JsonElement fields;
        try
        {
            fields = ShardJson.Read(path);
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException)
        {
            return null;
        }

        return
            ShardSettings.Read(fields) is { } settings
            && ShardJson.Text(fields, "shard") is { } shard
            && ShardJson.Number(fields, ShardSettings.NameOf(settings.Content)) is { } count
            && ShardJson.Number(fields, "failed") is { } failed
            && ShardSource.Read(fields, "source") is { } source
            && FileContent.Read(fields, "embeddings") is { } array
            && FileContent.Read(fields, "names") is { } names
            ? new()
            {
                Settings = settings,
                Shard = shard,
                Source = source,
                Count = count,
                Failed = failed,
                Failures = [.. ShardJson.List(fields, "failures").Select(static sentence => sentence.ToString())],
                Array = array,
                Names = names,
                Device = ShardJson.Text(fields, "device") ?? "",
                Cupola = Version(fields, "cupola"),
                Engine = Version(fields, "onnxRuntime"),
            }
            : null;
    }

    private static string Version(JsonElement fields, string name) =>
        fields.TryGetProperty("versions", out JsonElement versions) ? ShardJson.Text(versions, name) ?? "" : "";

    private static void Write(Utf8JsonWriter json, string name, FileContent content)
    {
        json.WriteStartObject(name);
        content.WriteTo(json);
        json.WriteEndObject();
    }
}
