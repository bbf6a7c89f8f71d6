using System.Security.Cryptography;
using System.Text;

namespace Cupola.Hub;

/// <summary>A file of a repository as the hub describes it.</summary>
/// <param name="Name">The file's name in the repository.</param>
/// <param name="Address">The address for its download.</param>
/// <param name="Hash">
/// The name of its blob in the cache, by which its bytes are verified: 64 hexadecimal digits are a SHA-256 (large files), 40 are
/// git's blob hash, the SHA-1 of <c>"blob LENGTH\0"</c> and the bytes.
/// </param>
/// <param name="Size">Its length in bytes, if the hub declares one.</param>
internal sealed record HubFile(string Name, Uri Address, string Hash, long? Size)
{
    private const int Sha256Digits = 64;
    private const int GitDigits = 40;

    public static bool IsHash(string text) => text.Length is Sha256Digits or GitDigits && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Whether the bytes at a path are those of this file.</summary>
    public async Task<bool> IsAtAsync(string path, CancellationToken cancellationToken)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            byte[] hash =
                Hash.Length == Sha256Digits
                    ? await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)
                    : await GitBlobHashAsync(stream, cancellationToken).ConfigureAwait(false);
            return Convert.ToHexStringLower(hash) == Hash;
        }
    }

    private static async Task<byte[]> GitBlobHashAsync(FileStream stream, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {stream.Length}\0")));
        byte[] buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            hash.AppendData(buffer, 0, count);
        }

        return hash.GetHashAndReset();
    }
}
