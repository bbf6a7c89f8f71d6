using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cupola.Embedding;
using Cupola.Files;
using Microsoft.Data.Sqlite;

namespace Cupola;

/// <summary>
/// Embeddings of images on disk, so that no image is decoded and encoded twice by the same model: an SQLite file that several
/// processes may use at once, and that a killed one leaves whole. What it holds is found by the bytes of an image's file and the
/// model, never by a path. It can fail to help, and never fails: a cache that is damaged is begun anew, one that cannot be
/// written is not used, and <see cref="Note"/> says so. It may be used from several threads at once.
/// </summary>
public sealed class EmbeddingCache : IDisposable
{
    /// <summary>Two million embeddings of 512 numbers; beyond, the oldest make room.</summary>
    private const long MostBytes = 4L << 30;

    /// <summary>So many are written together: a killed run loses no more than these.</summary>
    private const int WrittenTogether = 64;

    /// <summary>How much of a hash stands behind each embedding, so that a flipped bit is found.</summary>
    private const int ChecksumBytes = 8;

    private readonly Lock _gate = new();
    private readonly List<(byte[] Key, float[] Embedding)> _unwritten = [];
    private readonly long _mostBytes;
    private EmbeddingCacheFile? _file;
    private int _reused;
    private int _damaged;
    private string? _problem;

    private EmbeddingCache(string folder, long mostBytes)
    {
        Folder = folder;
        _mostBytes = mostBytes;
        Attempt(() => _file = EmbeddingCacheFile.Open(folder));
    }

    /// <summary>
    /// Where embeddings are kept unless somebody says otherwise: <c>embeddings</c> in the folder that the environment variable
    /// <c>CUPOLA_CACHE</c> names, or else in <c>cupola</c> in the user's folder for caches (<c>XDG_CACHE_HOME</c> or
    /// <c>~/.cache</c>, <c>~/Library/Caches</c> on macOS, the local application data on Windows).
    /// </summary>
    public static string DefaultFolder => UserCache.Folder("embeddings");

    /// <summary>Where the file lies.</summary>
    public string Folder { get; }

    /// <summary>How many embeddings were found since the cache was opened.</summary>
    public int Reused => _reused;

    /// <summary>What is wrong with the cache, in a sentence; nothing where all is well.</summary>
    public string? Note =>
        _problem
        ?? (
            _damaged == 0
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_damaged} {(_damaged == 1 ? "embedding" : "embeddings")} in the cache in {Folder} "
                        + $"{(_damaged == 1 ? "was" : "were")} damaged and {(_damaged == 1 ? "is" : "are")} made anew."
                )
        );

    /// <summary>Opens the cache in a folder, which is made if it is not there.</summary>
    public static EmbeddingCache Open(string folder) => Open(folder, MostBytes);

    /// <summary>Writes what is not written yet.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Write();
            _file?.Dispose();
            _file = null;
        }
    }

    internal static EmbeddingCache Open(string folder, long mostBytes)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new(folder, mostBytes);
    }

    /// <summary>The unit embedding under a key, if it is there and whole.</summary>
    internal float[]? Find(byte[] key, int dimension)
    {
        lock (_gate)
        {
            byte[]? stored = null;
            Attempt(() => stored = _file?.Find(key));
            if (stored is null)
            {
                return null;
            }

            ReadOnlySpan<byte> numbers = stored.AsSpan(0, Math.Max(0, stored.Length - ChecksumBytes));
            if (
                numbers.Length != dimension * sizeof(float)
                || !Checksum(key, numbers).SequenceEqual(stored.AsSpan(numbers.Length))
            )
            {
                _damaged++;
                return null;
            }

            _reused++;
            return ToNumbers(numbers);
        }
    }

    /// <summary>Keeps an embedding.</summary>
    internal void Add(byte[] key, float[] embedding)
    {
        lock (_gate)
        {
            _unwritten.Add((key, embedding));
            if (_unwritten.Count >= WrittenTogether)
            {
                Write();
            }
        }
    }

    private void Write()
    {
        if (_unwritten.Count > 0)
        {
            Attempt(() =>
                _file?.Write(_unwritten.Select(static each => (each.Key, Stored(each.Key, each.Embedding))), _mostBytes)
            );
            _unwritten.Clear();
        }
    }

    /// <summary>
    /// Does something with the file; where it is damaged, it is put away and another begun, and where nothing can be done, the
    /// cache is used no more.
    /// </summary>
    private void Attempt(Action work)
    {
        try
        {
            work();
        }
        catch (Exception problem) when (problem is SqliteException or IOException or UnauthorizedAccessException)
        {
            EmbeddingCacheFile? unusable = _file;
            _file = null;
            unusable?.Dispose();
            bool damaged = EmbeddingCacheFile.IsDamage(problem);
            _problem = damaged
                ? $"The cache of embeddings in {Folder} was damaged and is begun anew."
                : $"Embeddings are not kept in {Folder}, which cannot be used: {problem.Message.TrimEnd('.')}.";
            if (!damaged)
            {
                return;
            }

            try
            {
                _file = EmbeddingCacheFile.Begin(Folder);
            }
            catch (Exception again) when (again is SqliteException or IOException or UnauthorizedAccessException)
            {
                _problem =
                    $"The cache of embeddings in {Folder} is damaged and cannot be begun anew: {again.Message.TrimEnd('.')}.";
            }
        }
    }

    // Numbers lie in the file as they do in a safetensors file, whatever the machine: the smallest byte first.
    private static byte[] Stored(byte[] key, float[] embedding)
    {
        byte[] stored = new byte[(embedding.Length * sizeof(float)) + ChecksumBytes];
        for (int index = 0; index < embedding.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(stored.AsSpan(index * sizeof(float)), embedding[index]);
        }

        Checksum(key, stored.AsSpan(0, stored.Length - ChecksumBytes)).CopyTo(stored.AsSpan(stored.Length - ChecksumBytes));
        return stored;
    }

    private static float[] ToNumbers(ReadOnlySpan<byte> stored)
    {
        float[] numbers = MemoryMarshal.Cast<byte, float>(stored).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<float, int>(numbers.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }

        return numbers;
    }

    private static ReadOnlySpan<byte> Checksum(byte[] key, ReadOnlySpan<byte> numbers)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(key);
        hash.AppendData(numbers);
        return hash.GetHashAndReset().AsSpan(0, ChecksumBytes);
    }
}
