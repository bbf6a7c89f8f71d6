using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Cupola.Embedding;

/// <summary>
/// The SQLite file of a cache. A damaged one is not deleted and made again under its name, because another process that still has
/// it open would write its journal beside the new one; the next number is begun in its place, and all processes use the highest.
/// </summary>
internal sealed class EmbeddingCacheFile : IDisposable
{
    private const string Prefix = "embeddings-";
    private const string Extension = ".sqlite";

    // Result codes of SQLite: the file's pages contradict each other, or it is no database at all.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>How many of the oldest rows make room at once, of ten.</summary>
    private const int TenthsDropped = 1;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;
    private readonly SqliteParameter _wanted;

    private EmbeddingCacheFile(string path)
    {
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _find = _connection.CreateCommand();
        _find.CommandText = "SELECT embedding FROM embeddings WHERE key = $key";
        _wanted = _find.Parameters.Add("$key", SqliteType.Blob);
        try
        {
            _connection.Open();
            // Rows are numbered as they come, so that the oldest are known.
            Run(
                "PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS embeddings (number INTEGER PRIMARY KEY, key BLOB NOT "
                    + "NULL UNIQUE, embedding BLOB NOT NULL)"
            );
            _find.Prepare();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens the newest file of a folder, or begins the first.</summary>
    public static EmbeddingCacheFile Open(string folder)
    {
        Directory.CreateDirectory(folder);
        return Use(folder, Math.Max(1, Numbers(folder).DefaultIfEmpty(0).Max()));
    }

    /// <summary>Begins another file in place of a damaged one.</summary>
    public static EmbeddingCacheFile Begin(string folder) => Use(folder, Numbers(folder).DefaultIfEmpty(0).Max() + 1);

    /// <summary>Whether something went wrong because of what is in the file.</summary>
    public static bool IsDamage(Exception problem) => problem is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    /// <summary>The bytes under a key; none where a damaged row has something else there; null where there is no row.</summary>
    public byte[]? Find(byte[] key)
    {
        _wanted.Value = key;
        return _find.ExecuteScalar() is { } found ? found as byte[] ?? [] : null;
    }

    /// <summary>Writes rows, all or none; in a file that would grow too large, the oldest go first.</summary>
    public void Write(IEnumerable<(byte[] Key, byte[] Embedding)> rows, long mostBytes)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        if (
            Number("SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)")
                * Number("PRAGMA page_size")
            > mostBytes
        )
        {
            Run(
                $"DELETE FROM embeddings WHERE number <= (SELECT min(number) + (max(number) - min(number)) * {TenthsDropped} / "
                    + "10 FROM embeddings)"
            );
        }

        using SqliteCommand insert = _connection.CreateCommand();
        insert.CommandText = "INSERT OR REPLACE INTO embeddings (key, embedding) VALUES ($key, $embedding)";
        SqliteParameter key = insert.Parameters.Add("$key", SqliteType.Blob),
            embedding = insert.Parameters.Add("$embedding", SqliteType.Blob);
        foreach ((byte[] newKey, byte[] newEmbedding) in rows)
        {
            (key.Value, embedding.Value) = (newKey, newEmbedding);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _find.Dispose();
        _connection.Dispose();
    }

    private static EmbeddingCacheFile Use(string folder, int number)
    {
        EmbeddingCacheFile file = new(PathOf(folder, number));
        foreach (string old in Numbers(folder).Where(other => other < number).Select(other => PathOf(folder, other)))
        {
            try
            {
                File.Delete(old);
                File.Delete(old + "-journal");
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Another process reads it still; the next one to come deletes it.
            }
        }

        return file;
    }

    private static int[] Numbers(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, $"{Prefix}*{Extension}")
                .Select(static file =>
                    int.TryParse(
                        Path.GetFileNameWithoutExtension(file).AsSpan(Prefix.Length),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int number
                    )
                        ? number
                        : 0
                )
                .Where(static number => number > 0),
        ];

    private static string PathOf(string folder, int number) =>
        Path.Combine(folder, $"{Prefix}{number.ToString(CultureInfo.InvariantCulture)}{Extension}");

    private void Run(string statement)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private long Number(string query)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }
}
