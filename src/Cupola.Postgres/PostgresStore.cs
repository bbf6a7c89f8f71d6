using System.Globalization;
using Cupola.Images;
using Cupola.Retrieval;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Pgvector;

namespace Cupola.Postgres;

/// <summary>
/// An index in PostgreSQL: images by their paths, and for each model a table of float16 vectors by content with an HNSW index.
/// Several processes write at once: each batch is one transaction, and what two of them add is the same.
/// </summary>
internal sealed partial class PostgresStore : ImageStore
{
    /// <summary>How often a batch is tried again where two writers stood in each other's way.</summary>
    private const int MostTries = 5;

    private const string Columns =
        "i.path, i.size, i.changed, i.hash, i.error, i.gone, i.number, i.taken, i.camera, i.latitude, i.longitude, i.orientation";

    private readonly PostgresAddress _address;
    private readonly NpgsqlDataSource _source;
    private readonly ILogger _logger;
    private readonly int _dimension;
    private readonly string _vectors;
    private readonly Version _pgvector;
    private int _added;

    /// <summary>Connects to a database and makes what is not there.</summary>
    /// <exception cref="IOException">The database cannot be reached or used.</exception>
    public PostgresStore(PostgresAddress address, string fingerprint, int dimension, ILogger logger)
    {
        (_address, _dimension, _logger) = (address, dimension, logger);
        CreateExtension(address);
        NpgsqlDataSourceBuilder builder = new(address.Settings.ConnectionString);
        builder.UseVector();
        _source = builder.Build();
        try
        {
            (_vectors, _pgvector) = Run(connection => CreateTables(connection, fingerprint));
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Roots() =>
        Run(static connection =>
        {
            using NpgsqlCommand command = new("SELECT path FROM cupola_roots ORDER BY path", connection);
            using NpgsqlDataReader reader = command.ExecuteReader();
            List<string> roots = [];
            while (reader.Read())
            {
                roots.Add(reader.GetString(0));
            }

            return roots;
        });

    /// <summary>Several may update at once; the end of each tells the planner how large the tables are.</summary>
    public override IDisposable BeginUpdate() => new Analysis(this);

    public override void AddRoot(string path) =>
        Run(connection =>
        {
            using NpgsqlCommand command = new("INSERT INTO cupola_roots VALUES ($1) ON CONFLICT DO NOTHING", connection)
            {
                Parameters = { new() { Value = path } },
            };
            return command.ExecuteNonQuery();
        });

    public override Dictionary<string, KnownFile> FilesBelow(string root) =>
        Run(connection =>
        {
            string prefix = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
            using NpgsqlCommand command = new(
                $"SELECT {Columns} FROM cupola_images i WHERE {Below("$1", "$2", "$3")}",
                connection
            )
            {
                Parameters =
                {
                    new() { Value = root },
                    new() { Value = prefix },
                    new() { Value = Behind(prefix) },
                },
            };
            using NpgsqlDataReader reader = command.ExecuteReader();
            Dictionary<string, KnownFile> files = new(StringComparer.Ordinal);
            while (reader.Read())
            {
                KnownFile file = File(reader);
                files.Add(file.Path, file);
            }

            return files;
        });

    public override HashSet<ContentHash> Contents() =>
        Run(connection =>
        {
            using NpgsqlCommand command = new($"SELECT hash FROM {_vectors}", connection);
            using NpgsqlDataReader reader = command.ExecuteReader();
            HashSet<ContentHash> contents = [];
            while (reader.Read())
            {
                contents.Add(new(reader.GetFieldValue<byte[]>(0)));
            }

            return contents;
        });

    public override void Add(IReadOnlyList<KnownFile> files, IReadOnlyList<ContentVector> vectors)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                _added += Run(connection => Write(connection, files, vectors));
                return;
            }
            catch (IOException problem)
                when (attempt < MostTries && problem.InnerException is PostgresException { SqlState: "40P01" or "40001" })
            {
                // Two writers stood in each other's way, and this one gave in.
            }
        }
    }

    public override void MarkGone(IReadOnlyList<string> paths) =>
        Run(connection =>
        {
            using NpgsqlCommand command = new(
                "UPDATE cupola_images i SET gone = true FROM unnest($1) AS each (path) "
                    + "WHERE left(i.path, 500) = left(each.path, 500) AND i.path = each.path",
                connection
            )
            {
                Parameters = { new() { Value = paths.ToArray() } },
            };
            return paths.Count == 0 ? 0 : command.ExecuteNonQuery();
        });

    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            _source.Dispose();
        }
    }

    /// <summary>Without figures of its tables, PostgreSQL sorts all vectors in place of using their index.</summary>
    private void Analyze()
    {
        if (_added > 0)
        {
            _added = 0;
            Run(connection =>
            {
                using NpgsqlCommand command = new($"ANALYZE cupola_images; ANALYZE {_vectors}", connection);
                return command.ExecuteNonQuery();
            });
        }
    }

    private int Write(NpgsqlConnection connection, IReadOnlyList<KnownFile> files, IReadOnlyList<ContentVector> vectors)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        // Both writers take what they share in the same order.
        ContentVector[] ordered =
        [
            .. vectors.OrderBy(static each => Convert.ToHexStringLower(each.Content.ToArray()), StringComparer.Ordinal),
        ];
        using NpgsqlCommand add = new(
            $"INSERT INTO {_vectors} SELECT * FROM unnest($1, $2) ON CONFLICT (hash) DO NOTHING",
            connection,
            transaction
        )
        {
            Parameters =
            {
                new() { Value = ordered.Select(static each => each.Content.ToArray()).ToArray() },
                new()
                {
                    Value = ordered.Select(static each => new HalfVector(Halves(each.Vector))).ToArray(),
                    DataTypeName = "halfvec[]",
                },
            },
        };
        add.ExecuteNonQuery();
        // Names that are not Unicode are told apart by no path.
        KnownFile[] known =
        [
            .. files.DistinctBy(static file => file.Path).OrderBy(static file => file.Path, StringComparer.Ordinal),
        ];
        using NpgsqlCommand upsert = new(
            $"""
            INSERT INTO cupola_images
                (path, size, changed, hash, error, gone, taken, camera, latitude, longitude, orientation)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT ({PathKey}) DO UPDATE SET size = excluded.size, changed = excluded.changed, hash = excluded.hash,
                error = excluded.error, gone = excluded.gone, taken = excluded.taken, camera = excluded.camera,
                latitude = excluded.latitude, longitude = excluded.longitude, orientation = excluded.orientation
            """,
            connection,
            transaction
        );
        Parameter(upsert, NpgsqlDbType.Text, known.Select(static file => file.Path));
        Parameter(upsert, NpgsqlDbType.Bigint, known.Select(static file => file.Size));
        Parameter(upsert, NpgsqlDbType.Bigint, known.Select(static file => file.Changed));
        Parameter(upsert, NpgsqlDbType.Bytea, known.Select(static file => file.Hash));
        Parameter(upsert, NpgsqlDbType.Text, known.Select(static file => Text(file.Error)));
        Parameter(upsert, NpgsqlDbType.Boolean, known.Select(static file => file.IsGone));
        Parameter(upsert, NpgsqlDbType.Timestamp, known.Select(ImageFilter.TakenAt));
        Parameter(upsert, NpgsqlDbType.Text, known.Select(static file => Text(file.Metadata.Camera)));
        Parameter(upsert, NpgsqlDbType.Double, known.Select(static file => file.Metadata.Latitude));
        Parameter(upsert, NpgsqlDbType.Double, known.Select(static file => file.Metadata.Longitude));
        Parameter(upsert, NpgsqlDbType.Integer, known.Select(static file => file.Metadata.Orientation));
        upsert.ExecuteNonQuery();
        transaction.Commit();
        return known.Length;
    }

    private static void Parameter<T>(NpgsqlCommand command, NpgsqlDbType type, IEnumerable<T> values) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    /// <summary>PostgreSQL has no zero character in a text.</summary>
    private static string? Text(string? text) => text?.Replace('\0', ' ');

    private static Half[] Halves(float[] vector) => [.. vector.Select(static number => (Half)number)];

    private static KnownFile File(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), Value<byte[]>(reader, 3), Value<string>(reader, 4))
        {
            IsGone = reader.GetBoolean(5),
            Number = reader.GetInt64(6),
            Metadata = new ImageMetadata(
                reader.IsDBNull(7) ? null : reader.GetDateTime(7).ToString("s", CultureInfo.InvariantCulture),
                Value<string>(reader, 8),
                reader.IsDBNull(9) ? null : reader.GetDouble(9),
                reader.IsDBNull(10) ? null : reader.GetDouble(10),
                reader.IsDBNull(11) ? null : reader.GetInt32(11)
            ),
        };

    private static T? Value<T>(NpgsqlDataReader reader, int column)
        where T : class => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    /// <summary>Does something in a connection; what fails there becomes a sentence.</summary>
    private T Run<T>(Func<NpgsqlConnection, T> work)
    {
        try
        {
            using NpgsqlConnection connection = _source.OpenConnection();
            return work(connection);
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
        {
            throw _address.Failure(problem);
        }
    }

    /// <summary>What an update ends with.</summary>
    private sealed class Analysis(PostgresStore store) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                store.Analyze();
            }
            catch (IOException)
            {
                // A database that cannot be reached has been told of; the next update comes here again.
            }
        }
    }
}
