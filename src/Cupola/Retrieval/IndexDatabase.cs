using Cupola.Images;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Cupola.Retrieval;

/// <summary>
/// The SQLite file of an index: images by their paths, and for each model the row of its vectors that a content has. Each change
/// is one transaction, so that a killed update leaves either all of it or nothing; readers see the state before it.
/// </summary>
internal sealed partial class IndexDatabase : IDisposable
{
    private const int BusySeconds = 10;

    private readonly SqliteConnection _connection;
    private long _changes;

    private IndexDatabase(string source, bool isReadOnly)
    {
        IsReadOnly = isReadOnly;
        _connection = new(
            new SqliteConnectionStringBuilder
            {
                DataSource = source,
                Mode = isReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
                DefaultTimeout = BusySeconds,
            }.ToString()
        );
        try
        {
            _connection.Open();
            if (isReadOnly)
            {
                // SQLite opens a file when it is first read.
                Run("SELECT count(*) FROM sqlite_schema");
            }
            else
            {
                Create();
                if (raw.sqlite3_db_readonly(_connection.Handle, "main") == 1)
                {
                    // SQLite opens what it may not write, and fails when it would first write.
                    throw new SqliteException("attempt to write a readonly database", ReadOnly);
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether it lies where nothing can be written, and is searched as it is.</summary>
    public bool IsReadOnly { get; }

    private void Create()
    {
        Run($"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        // By itself: what fails behind a statement that gives rows fails in silence.
        Run(
            """
            CREATE TABLE IF NOT EXISTS roots (path TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS models (
                number INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, dimension INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS images (
                number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, changed INTEGER NOT NULL,
                hash BLOB, error TEXT, gone INTEGER NOT NULL DEFAULT 0,
                taken TEXT, camera TEXT, latitude REAL, longitude REAL, orientation INTEGER);
            CREATE TABLE IF NOT EXISTS vectors (
                model INTEGER NOT NULL, hash BLOB NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS prints (hash BLOB PRIMARY KEY, bits INTEGER, aspect REAL) WITHOUT ROWID;
            """
        );
    }

    /// <summary>Another number after every change, whether made here or by another process.</summary>
    public long Version
    {
        get
        {
            using SqliteCommand command = Command("PRAGMA data_version");
            return ((long)command.ExecuteScalar()! << 32) + _changes;
        }
    }

    /// <summary>The folders that were indexed, as full paths.</summary>
    public IReadOnlyList<string> Roots()
    {
        using SqliteCommand command = Command("SELECT path FROM roots ORDER BY path");
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> roots = [];
        while (reader.Read())
        {
            roots.Add(reader.GetString(0));
        }

        return roots;
    }

    /// <summary>Remembers a folder.</summary>
    public void AddRoot(string path)
    {
        using SqliteCommand command = Command("INSERT OR IGNORE INTO roots VALUES ($path)", ("$path", path));
        command.ExecuteNonQuery();
    }

    /// <summary>The number of a model's set of vectors; a new one where the model is new.</summary>
    public long Model(string fingerprint, int dimension)
    {
        if (ModelNumber(fingerprint) is { } known)
        {
            return known;
        }

        if (IsReadOnly)
        {
            // An index that cannot be written has no vectors of a model that is new to it.
            return 0;
        }

        // Another process may add it meanwhile.
        using SqliteCommand insert = Command(
            "INSERT OR IGNORE INTO models (fingerprint, dimension) VALUES ($fingerprint, $dimension)",
            ("$fingerprint", fingerprint),
            ("$dimension", dimension)
        );
        insert.ExecuteNonQuery();
        return ModelNumber(fingerprint)!.Value;
    }

    private long? ModelNumber(string fingerprint)
    {
        using SqliteCommand select = Command(
            "SELECT number FROM models WHERE fingerprint = $fingerprint",
            ("$fingerprint", fingerprint)
        );
        return (long?)select.ExecuteScalar();
    }

    /// <summary>The files at and below a folder, by their paths.</summary>
    public Dictionary<string, KnownFile> FilesBelow(string root)
    {
        // The end of the range of paths that begin so: the separator's successor in the order of bytes.
        string prefix = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        string end = prefix[..^1] + (char)(prefix[^1] + 1);
        using SqliteCommand command = Command(
            "SELECT path, size, changed, hash, error, gone, number FROM images WHERE path = $root OR (path >= $prefix AND path "
                + "< $end)",
            ("$root", root),
            ("$prefix", prefix),
            ("$end", end)
        );
        using SqliteDataReader reader = command.ExecuteReader();
        Dictionary<string, KnownFile> files = new(StringComparer.Ordinal);
        while (reader.Read())
        {
            files.Add(
                reader.GetString(0),
                new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), Blob(reader, 3), Text(reader, 4))
                {
                    IsGone = reader.GetInt64(5) != 0,
                    Number = reader.GetInt64(6),
                }
            );
        }

        return files;
    }

    /// <summary>The contents that have a row among a model's vectors.</summary>
    public HashSet<ContentHash> Contents(long model)
    {
        using SqliteCommand command = Command("SELECT hash FROM vectors WHERE model = $model", ("$model", model));
        using SqliteDataReader reader = command.ExecuteReader();
        HashSet<ContentHash> contents = [];
        while (reader.Read())
        {
            contents.Add(new(Blob(reader, 0)!));
        }

        return contents;
    }

    /// <summary>How many of a model's rows are in use: one more than the last that a content has.</summary>
    public long RowsUsed(long model)
    {
        using SqliteCommand command = Command(
            "SELECT coalesce(max(row) + 1, 0) FROM vectors WHERE model = $model",
            ("$model", model)
        );
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Forgets which contents had a model's rows from one row on, so that they are embedded again.</summary>
    public void ForgetRows(long model, long from)
    {
        using SqliteCommand command = Command(
            "DELETE FROM vectors WHERE model = $model AND row >= $from",
            ("$model", model),
            ("$from", from)
        );
        command.ExecuteNonQuery();
        _changes++;
    }

    /// <summary>Images that are there and have a vector of a model, with its row, in the order of their paths.</summary>
    public IReadOnlyList<IndexedRow> Images(long model)
    {
        using SqliteCommand command = Command(
            """
            SELECT path, size, changed, images.hash, number, taken, camera, latitude, longitude, orientation, row
            FROM images JOIN vectors ON vectors.hash = images.hash AND vectors.model = $model
            WHERE gone = 0 AND error IS NULL ORDER BY path
            """,
            ("$model", model)
        );
        using SqliteDataReader reader = command.ExecuteReader();
        List<IndexedRow> images = [];
        while (reader.Read())
        {
            ImageMetadata metadata = new(
                Text(reader, 5),
                Text(reader, 6),
                reader.IsDBNull(7) ? null : reader.GetDouble(7),
                reader.IsDBNull(8) ? null : reader.GetDouble(8),
                reader.IsDBNull(9) ? null : reader.GetInt32(9)
            );
            images.Add(
                new(
                    new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), Blob(reader, 3), null)
                    {
                        Metadata = metadata,
                        Number = reader.GetInt64(4),
                    },
                    reader.GetInt64(10)
                )
            );
        }

        return images;
    }

    /// <summary>Writes files and the rows of contents, all or none.</summary>
    public void Write(long model, IEnumerable<KnownFile> files, IEnumerable<(ContentHash Hash, long Row)> rows)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand file = Command(
            """
            INSERT INTO images (path, size, changed, hash, error, gone, taken, camera, latitude, longitude, orientation)
            VALUES ($path, $size, $changed, $hash, $error, $gone, $taken, $camera, $latitude, $longitude, $orientation)
            ON CONFLICT (path) DO UPDATE SET size = $size, changed = $changed, hash = $hash, error = $error, gone = $gone,
                taken = $taken, camera = $camera, latitude = $latitude, longitude = $longitude, orientation = $orientation
            """
        );
        foreach (KnownFile known in files)
        {
            file.Parameters.Clear();
            Add(file, "$path", known.Path);
            Add(file, "$size", known.Size);
            Add(file, "$changed", known.Changed);
            Add(file, "$hash", known.Hash);
            Add(file, "$error", known.Error);
            Add(file, "$gone", known.IsGone ? 1 : 0);
            Add(file, "$taken", known.Metadata.Taken);
            Add(file, "$camera", known.Metadata.Camera);
            Add(file, "$latitude", known.Metadata.Latitude);
            Add(file, "$longitude", known.Metadata.Longitude);
            Add(file, "$orientation", known.Metadata.Orientation);
            file.ExecuteNonQuery();
        }

        using SqliteCommand row = Command("INSERT OR REPLACE INTO vectors (model, hash, row) VALUES ($model, $hash, $row)");
        foreach ((ContentHash hash, long number) in rows)
        {
            row.Parameters.Clear();
            Add(row, "$model", model);
            Add(row, "$hash", hash.ToArray());
            Add(row, "$row", number);
            row.ExecuteNonQuery();
        }

        transaction.Commit();
        _changes++;
    }

    /// <summary>Marks files as gone, all or none.</summary>
    public void MarkGone(IEnumerable<string> paths)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand command = Command("UPDATE images SET gone = 1 WHERE path = $path");
        foreach (string path in paths)
        {
            command.Parameters.Clear();
            Add(command, "$path", path);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        _changes++;
    }

    public void Dispose() => _connection.Dispose();

    private static void Add(SqliteCommand command, string name, object? value) =>
        command.Parameters.AddWithValue(name, value ?? DBNull.Value);

    private static byte[]? Blob(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : (byte[])reader.GetValue(column);

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in parameters)
        {
            Add(command, name, value);
        }
        return command;
    }

    private void Run(string text)
    {
        using SqliteCommand command = Command(text);
        command.ExecuteNonQuery();
    }
}
