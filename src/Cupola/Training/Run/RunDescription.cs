using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cupola.Files;
using Cupola.Training.Data;

namespace Cupola.Training.Run;

/// <summary>
/// What a run is, written before its first step: a run that goes on with other settings or other pairs would be neither the one
/// nor the other.
/// </summary>
/// <param name="Settings">How it learns.</param>
/// <param name="Pairs">What it learns from.</param>
/// <param name="Ranks">How many processes share its batches; the run is the same for any number.</param>
internal sealed record RunDescription(TrainingSettings Settings, PairsIdentity Pairs, int Ranks = 1)
{
    public const string FileName = "run.json";

    private const string Format = "cupola-run-1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the description of a run; nothing where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static RunDescription? Read(string run)
    {
        string path = Path.Combine(run, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        JsonObject found = TrainingSettingsFile.Read(path);
        try
        {
            return
                found["format"]?.GetValue<string>() == Format
                && found["settings"] is JsonObject settings
                && found["data"].Deserialize<PairsIdentity>(Json) is { } pairs
                ? new(new TrainingSettings().With(settings, path), pairs, found["ranks"]?.GetValue<int>() ?? 1)
                : throw new InvalidDataException(
                    $"{path} is not of a run that this version can go on with; name another folder."
                );
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path} is not of a run that this version can go on with; name another folder.",
                exception
            );
        }
    }

    public void Write(string run)
    {
        JsonObject description = new()
        {
            ["format"] = Format,
            ["ranks"] = Ranks,
            ["settings"] = TrainingSettingsFile.ToJson(Settings),
            ["data"] = JsonSerializer.SerializeToNode(Pairs, Json),
        };
        AtomicFile.Write(Path.Combine(run, FileName), stream => JsonSerializer.Serialize(stream, description, Json));
    }

    /// <summary>Refuses to go on with something else.</summary>
    /// <param name="run">For the sentence.</param>
    /// <param name="wanted">What it shall go on with.</param>
    /// <exception cref="InvalidDataException">Settings or pairs are others; the message says which.</exception>
    public void Require(string run, RunDescription wanted)
    {
        JsonObject before = TrainingSettingsFile.ToJson(Settings),
            after = TrainingSettingsFile.ToJson(wanted.Settings);
        string[] differences =
        [
            .. from entry in before
            let other = after[entry.Key]
            where !JsonNode.DeepEquals(entry.Value, other)
            select $"{entry.Key} {Said(entry.Value)}, not {Said(other)}",
        ];
        if (differences.Length > 0)
        {
            throw new InvalidDataException(
                $"{run} was begun with other settings ({string.Join("; ", differences)}); leave out what differs to go on with "
                    + "it, or name another folder."
            );
        }

        if (Pairs.Sha256 != wanted.Pairs.Sha256)
        {
            throw new InvalidDataException(
                $"{run} was begun with other pairs: {Pairs.Count} of {Pairs.Dataset}, where {wanted.Pairs.Dataset} has "
                    + $"{wanted.Pairs.Count}{(Pairs.Count == wanted.Pairs.Count ? " with other captions or images" : "")}; name "
                    + "the same data, or another folder."
            );
        }
    }

    private static string Said(JsonNode? value) => value?.ToJsonString() ?? "null";
}

/// <summary>What tells one set of pairs from another.</summary>
/// <param name="Dataset">As it was named.</param>
/// <param name="Count">How many pairs there are.</param>
/// <param name="Sha256">Of all captions and labels, and the images' names without their folders, in order.</param>
internal sealed record PairsIdentity(string Dataset, int Count, string Sha256)
{
    public static PairsIdentity Compute(string dataset, TrainingPairs pairs)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int index = 0; index < pairs.Count; index++)
        {
            TrainingPair pair = pairs[index];
            hash.AppendData(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        Picture = Path.GetFileName(pair.Image.Name),
                        pair.Captions,
                        pair.Label,
                    }
                )
            );
        }

        return new(dataset, pairs.Count, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
