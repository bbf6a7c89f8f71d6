using System.Text.Json;

namespace Cupola.Embedding.Shards;

/// <summary>A shard's file as it was when it was embedded.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Modified">When it was last written to, in UTC.</param>
/// <param name="Content">What it held.</param>
internal sealed record ShardSource(string Path, DateTime Modified, FileContent Content)
{
    /// <summary>Reads a file through.</summary>
    public static ShardSource Read(string path, CancellationToken cancellationToken)
    {
        // Its time first: what is written while it is read makes it another file.
        (_, DateTime modified) = Look(path);
        return new(System.IO.Path.GetFullPath(path), modified, FileContent.Read(path, cancellationToken));
    }

    /// <summary>Whether it lay there. Neither the name nor a relative path says that.</summary>
    public bool IsAt(string path) => System.IO.Path.GetFullPath(path).Equals(Path, StringComparison.Ordinal);

    /// <summary>Whether it lies there still, with its length and its time.</summary>
    public bool IsUntouched(string path)
    {
        try
        {
            return IsAt(path) && Look(path) == (Content.Bytes, Modified);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether a file holds what this one did. It is read only if it lies elsewhere, or was written to since.</summary>
    public bool IsSameAs(string path, CancellationToken cancellationToken) =>
        IsUntouched(path) || Content.IsOf(path, cancellationToken);

    /// <summary>Writes it as an object of JSON.</summary>
    public void WriteTo(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("path", Path);
        json.WriteString("modified", Modified);
        Content.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>Reads it; null where something is missing.</summary>
    public static ShardSource? Read(JsonElement fields, string name) =>
        FileContent.Read(fields, name) is { } content
        && fields.GetProperty(name) is var source
        && ShardJson.Text(source, "path") is { } path
        && source.TryGetProperty("modified", out JsonElement time)
        && time.ValueKind == JsonValueKind.String
        && time.TryGetDateTime(out DateTime modified)
            ? new(path, modified, content)
            : null;

    /// <summary>The length and the time of a file, and not those of a symbolic link to it.</summary>
    private static (long Bytes, DateTime Modified) Look(string path)
    {
        using FileStream file = FileContent.Open(path);
        return (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
    }
}
