using System.Text.Json;
using Cupola.Files;
using Cupola.Images;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>
/// A sample of a WebDataset shard: consecutive entries with the same key, such as 000017.jpg and 000017.cls. The key is the path
/// up to the first dot of the file's name, and the part after the dot is the kind of the entry (the WebDataset convention,
/// <c>base_plus_ext</c>). An entry without a key, such as macOS's ._000017.jpg, .DS_Store and README, belongs to no sample and
/// ends none.
/// </summary>
internal sealed class ShardSample(string name)
{
    /// <summary>Other names of kinds that webdataset's decoders know.</summary>
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["class"] = "cls",
        ["text"] = "txt",
        ["transcript"] = "txt",
        ["caption"] = "txt",
        ["jsn"] = "json",
    };

    private readonly Dictionary<string, string?> _texts = new(StringComparer.Ordinal);

    /// <summary>The shard and the key.</summary>
    public string Name => name;

    /// <summary>The first entry that is an image.</summary>
    public ImageSource? Image { get; private set; }

    /// <summary>The content of the entry of a kind: cls, txt or json; null if there is none that can be read.</summary>
    public string? Text(string kind) => _texts.GetValueOrDefault(kind);

    /// <summary>Whether an entry of a kind exists but is not text, so that another kind should not replace it.</summary>
    public bool IsUnreadable(string kind) => _texts.TryGetValue(kind, out string? text) && text is null;

    /// <summary>A text or a number among the properties of the sample's json; null if there is none.</summary>
    public (string Text, bool IsNumber)? Property(string property) =>
        Find(property) switch
        {
            { ValueKind: JsonValueKind.String } value => (value.GetString()!, false),
            { ValueKind: JsonValueKind.Number } value => (value.GetRawText(), true),
            _ => null,
        };

    /// <summary>The texts of a property of the sample's json, which is one text or a list; empty if there are none.</summary>
    public IReadOnlyList<string> Texts(string property) =>
        Find(property) switch
        {
            { ValueKind: JsonValueKind.String } value => [value.GetString()!],
            { ValueKind: JsonValueKind.Array } list =>
            [
                .. list.EnumerateArray()
                    .Where(static value => value.ValueKind == JsonValueKind.String)
                    .Select(static value => value.GetString()!),
            ],
            _ => [],
        };

    private JsonElement? Find(string property)
    {
        if (Text("json") is not { } json)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(property, out JsonElement value)
                && UnicodeJson.IsReadable(value)
                ? value.Clone()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The samples of some shards that have an image, in order.</summary>
    /// <param name="shards">The tar files.</param>
    /// <param name="logger">Receives a sentence for each skipped entry.</param>
    public static IEnumerable<ShardSample> WithImages(IEnumerable<string> shards, ILogger? logger)
    {
        foreach (ShardSample sample in shards.SelectMany(shard => Read(shard, logger)))
        {
            if (sample.Image is null)
            {
                logger?.Warn($"{sample.Name} has no image.");
                continue;
            }

            yield return sample;
        }
    }

    /// <summary>The samples of a shard, in order. A damaged shard yields the samples before the damage.</summary>
    /// <param name="shard">The tar file.</param>
    /// <param name="logger">Receives a sentence for each skipped entry.</param>
    public static IEnumerable<ShardSample> Read(string shard, ILogger? logger)
    {
        using TarEntries entries = new(shard);
        ShardSample? sample = null;
        string? key = null;
        int count = 0;
        while (entries.MoveNext())
        {
            if (Split(entries.Name) is not (string entryKey, string kind))
            {
                continue;
            }

            if (sample is null || entryKey != key)
            {
                if (sample is not null)
                {
                    yield return sample;
                }

                key = entryKey;
                sample = new($"{shard}/{key}");
                count++;
            }

            sample.Add(kind, entries);
        }

        if (sample is not null)
        {
            yield return sample;
        }

        if (entries.Damage is { } damage)
        {
            logger?.Warn(
                count == 0
                    ? $"{shard} is not a tar archive that can be read: {damage}."
                    : Invariant($"{shard} is damaged after its first {count} samples, and the rest is skipped: {damage}.")
            );
        }
        else if (count == 0)
        {
            logger?.Warn($"{shard} contains no samples.");
        }
    }

    private void Add(string kind, TarEntries entry)
    {
        string usual = Kinds.GetValueOrDefault(kind, kind);
        if (usual is "cls" or "txt" or "json")
        {
            _texts.TryAdd(usual, entry.ReadText());
        }
        else if (Image is null && ImageFolder.IsImage($".{kind}"))
        {
            Image = entry.IsSparse ? Sparse($"{name}.{kind}") : entry.Image;
        }
    }

    private static ImageSource Sparse(string name) =>
        new(name, _ =>
            throw new InvalidDataException(
                $"{name} is stored in the archive without its holes and cannot be read; make the archive without --sparse."
            )
        );

    /// <summary>The key and the kind of an entry; null if it has no key.</summary>
    private static (string Key, string Kind)? Split(string entry)
    {
        int start = entry.LastIndexOf('/') + 1,
            dot = entry.IndexOf('.', start);
        return dot <= start || IsMeta(entry) || entry.Split('/')[..^1].Any(ImageFolder.IsOfSystem)
            ? null
            : (entry[..dot], entry[(dot + 1)..].ToLowerInvariant());
    }

    /// <summary>Names reserved by webdataset: a first folder or a file named like <c>__this__</c>.</summary>
    private static bool IsMeta(string entry)
    {
        string first = entry.Split('/', 2)[0];
        return first.Length >= 4
            && first.StartsWith("__", StringComparison.Ordinal)
            && first.EndsWith("__", StringComparison.Ordinal);
    }
}
