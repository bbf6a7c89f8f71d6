using Npgsql;
using static System.FormattableString;

namespace Cupola.Postgres;

/// <summary>The tables, and how an image is found by its path.</summary>
internal sealed partial class PostgresStore
{
    /// <summary>Any number that no other program locks by: "cupola" in ASCII.</summary>
    private const long SchemaLock = 0x6375706F6C61;

    /// <summary>
    /// What of a path stands in its index, which takes 2,704 bytes an entry: these characters and a hash of all. Two longer paths
    /// that begin alike and have the same 64 bits are the same to it.
    /// </summary>
    private const string PathKey = "left(path, 500), hashtextextended(path, 0)";

    /// <summary>Npgsql learns the extension's types when it connects first, so the extension comes before.</summary>
    private static void CreateExtension(PostgresAddress address)
    {
        try
        {
            using NpgsqlDataSource source = NpgsqlDataSource.Create(address.Settings.ConnectionString);
            using NpgsqlConnection connection = source.OpenConnection();
            using NpgsqlCommand command = new("CREATE EXTENSION IF NOT EXISTS vector", connection);
            command.ExecuteNonQuery();
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
        {
            throw address.Failure(problem);
        }
    }

    private (string Table, Version Pgvector) CreateTables(NpgsqlConnection connection, string fingerprint)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        using NpgsqlCommand schema = new(
            Invariant(
                $"""
                SELECT pg_advisory_xact_lock({SchemaLock});
                CREATE TABLE IF NOT EXISTS cupola_roots (path text NOT NULL);
                CREATE TABLE IF NOT EXISTS cupola_models (
                    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fingerprint text NOT NULL UNIQUE,
                    dimension integer NOT NULL);
                CREATE TABLE IF NOT EXISTS cupola_images (
                    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text COLLATE "C" NOT NULL,
                    size bigint NOT NULL, changed bigint NOT NULL, hash bytea, error text, gone boolean NOT NULL DEFAULT false,
                    taken timestamp, camera text, latitude double precision, longitude double precision, orientation integer);
                CREATE INDEX IF NOT EXISTS cupola_images_hash ON cupola_images (hash);
                CREATE INDEX IF NOT EXISTS cupola_images_gone ON cupola_images (gone) WHERE gone;
                CREATE UNIQUE INDEX IF NOT EXISTS cupola_images_place ON cupola_images ({PathKey});
                CREATE UNIQUE INDEX IF NOT EXISTS cupola_roots_place ON cupola_roots ({PathKey});
                {Unbind("cupola_images", "cupola_images_path_key")}
                {Unbind("cupola_roots", "cupola_roots_pkey")}
                """
            ),
            connection,
            transaction
        );
        schema.ExecuteNonQuery();
        using NpgsqlCommand model = new(
            """
            INSERT INTO cupola_models (fingerprint, dimension) VALUES ($1, $2)
            ON CONFLICT (fingerprint) DO UPDATE SET fingerprint = excluded.fingerprint RETURNING number, dimension
            """,
            connection,
            transaction
        )
        {
            Parameters =
            {
                new() { Value = fingerprint },
                new() { Value = _dimension },
            },
        };
        long number;
        using (NpgsqlDataReader reader = model.ExecuteReader())
        {
            reader.Read();
            number = reader.GetInt64(0);
            CheckDimension(reader.GetInt32(1));
        }

        string table = Invariant($"cupola_vectors_{number}");
        using NpgsqlCommand vectors = new(
            Invariant(
                $"""
                CREATE TABLE IF NOT EXISTS {table} (hash bytea PRIMARY KEY, embedding halfvec({_dimension}) NOT NULL);
                CREATE INDEX IF NOT EXISTS {table}_hnsw ON {table} USING hnsw (embedding halfvec_cosine_ops);
                """
            ),
            connection,
            transaction
        );
        vectors.ExecuteNonQuery();
        using NpgsqlCommand stored = new(
            "SELECT atttypmod, (SELECT extversion FROM pg_extension WHERE extname = 'vector') FROM pg_attribute "
                + "WHERE attrelid = $1::regclass AND attname = 'embedding'",
            connection,
            transaction
        )
        {
            Parameters = { new() { Value = table } },
        };
        Version version;
        using (NpgsqlDataReader reader = stored.ExecuteReader())
        {
            reader.Read();
            CheckDimension(reader.GetInt32(0));
            version = Version.TryParse(reader.GetString(1), out Version? known) ? known : new();
        }

        transaction.Commit();
        return (table, version);
    }

    /// <summary>Takes away the index of whole paths that a database of an earlier version has.</summary>
    private static string Unbind(string table, string constraint) =>
        $"""
            DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = '{table}'::regclass AND conname = '{constraint}') THEN
                    ALTER TABLE {table} DROP CONSTRAINT {constraint};
                END IF;
            END $$;
            """;

    /// <summary>In SQL, that an image is a file or lies below a folder; the first of both lines is what the index sees.</summary>
    /// <param name="path">The file's or folder's path.</param>
    /// <param name="prefix">The same with a separator at its end.</param>
    /// <param name="behind">What comes behind all that begins with that.</param>
    private static string Below(string path, string prefix, string behind) =>
        $"((left(i.path, 500) = left({path}, 500) OR left(i.path, 500) BETWEEN left({prefix}, 500) AND left({behind}, 500)) "
        + $"AND (i.path = {path} OR (i.path >= {prefix} AND i.path < {behind})))";

    /// <summary>The same with the last character's successor in the order of bytes, which is the column's.</summary>
    private static string Behind(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    private void CheckDimension(int stored)
    {
        if (stored != _dimension)
        {
            throw new InvalidDataException(
                Invariant(
                    $"The database {_address.Name} has vectors of {stored} numbers for this model, which makes {_dimension}; "
                ) + "somebody changed its tables. Take another database, or drop those that begin with cupola_."
            );
        }
    }
}
