using System.Security.Cryptography;

namespace Cupola.Embedding.Shards;

/// <summary>What a file holds, in short.</summary>
/// <param name="Bytes">How many.</param>
/// <param name="Sha256">Their hash, in small hexadecimal digits.</param>
internal sealed record FileContent(long Bytes, string Sha256)
{
    /// <summary>Reads a file through.</summary>
    public static FileContent Read(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
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

    /// <summary>Whether a file is there and holds this; one that is replaced meanwhile, on another machine, does not.</summary>
    public bool IsOf(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(path) is { Exists: true } file && file.Length == Bytes && Read(path, cancellationToken) == this;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
