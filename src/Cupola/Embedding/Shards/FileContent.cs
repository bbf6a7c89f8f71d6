using System.Security.Cryptography;
using System.Text.Json;
using Cupola.Images;

namespace Cupola.Embedding.Shards;

/// <summary>What a file holds, in short.</summary>
/// <param name="Bytes">How many.</param>
/// <param name="Sha256">Their hash, in small hexadecimal digits.</param>
internal sealed record FileContent(long Bytes, string Sha256)
{
    /// <summary>Reads a file through.</summary>
    public static FileContent Read(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = Open(path);
        return Read(stream, cancellationToken);
    }

    /// <summary>Whether a file is there and holds this; one that is replaced meanwhile, on another machine, does not.</summary>
    public bool IsOf(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using FileStream stream = Open(path);
            return stream.Length == Bytes && Read(stream, cancellationToken) == this;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Writes it as properties of an object of JSON.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteNumber("bytes", Bytes);
        json.WriteString("sha256", Sha256);
    }

    /// <summary>Reads it from an object's property, an object itself; null where something is missing.</summary>
    public static FileContent? Read(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out JsonElement content)
        && ShardJson.Number(content, "bytes") is { } bytes
        && ShardJson.Text(content, "sha256") is { } sha256
            ? new(bytes, sha256)
            : null;

    /// <summary>Opens a file to be read, whatever others do with it meanwhile.</summary>
    /// <exception cref="IOException">It cannot be read, as a pipe, a socket or a device.</exception>
    public static FileStream Open(string path) =>
        LinkedFile.IsEndless(path)
            ? throw new IOException($"{path} is a pipe, a socket or a device, and no file.")
            : new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static FileContent Read(FileStream stream, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 20];
        long bytes = 0;
        while (stream.Read(block) is > 0 and int count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(block, 0, count);
            bytes += count;
        }

        return new(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
