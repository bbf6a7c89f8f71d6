using Cupola.Retrieval;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pgvector;
using static System.FormattableString;

namespace Cupola.Postgres;

/// <summary>
/// How a database is searched: the index of vectors gives candidates, of which double precision over the stored numbers ranks.
/// Terms are standardised over a sample of the library.
/// </summary>
internal sealed partial class PostgresStore
{
    /// <summary>The longest list of candidates that pgvector keeps.</summary>
    private const int MostCandidates = 1000;

    /// <summary>In a smaller table a scan is as fast, and right.</summary>
    private const long WorthAnIndex = 10_000;

    /// <summary>A scan of the index goes on until enough candidates pass the filters, from this version on.</summary>
    private static readonly Version Iterative = new(0, 8);

    /// <summary>
    /// Whether an image has a vector. Those of images that are gone stay, so that a file that comes back or is renamed is not
    /// embedded again; nothing else may take notice of them.
    /// </summary>
    private const string IsThere =
        "EXISTS (SELECT FROM cupola_images i WHERE i.hash = v.hash AND NOT i.gone AND i.error IS NULL)";

    private bool _isPlanChecked;
    private ((long Last, long Gone) Version, float[] Cosines) _highest = ((-1, -1), []);

    public override float[]? Vector(long number) =>
        Run(connection =>
        {
            using NpgsqlCommand command = new(
                $"SELECT v.embedding FROM cupola_images i JOIN {_vectors} v ON v.hash = i.hash "
                    + "WHERE i.number = $1 AND NOT i.gone",
                connection
            )
            {
                Parameters = { new() { Value = number } },
            };
            using NpgsqlDataReader reader = command.ExecuteReader();
            return reader.Read() ? Floats(reader.GetFieldValue<HalfVector>(0)) : null;
        });

    public override IReadOnlyList<RankedImage> Rank(IReadOnlyList<WeightedVector> terms, SearchQuery query, int top) =>
        Run(connection => Rank(connection, terms, query, top));

    public override float[] Highest(float[][] words) =>
        Run(connection =>
        {
            (long, long) version = Changes(connection);
            if (_highest.Version != version || _highest.Cosines.Length != words.Length)
            {
                float?[] near = Highest(connection, words, isExact: false);
                // The index looks at so many vectors and no more, which may all be those of images that are gone.
                int[] left = [.. Enumerable.Range(0, words.Length).Where(word => near[word] is null)];
                float?[] rest = left.Length == 0 ? [] : Highest(connection, [.. left.Select(word => words[word])], isExact: true);
                foreach ((int place, int word) in left.Index())
                {
                    near[word] = rest[place];
                }

                _highest = (version, [.. near.Select(static cosine => cosine ?? -1)]);
            }

            return _highest.Cosines;
        });

    /// <summary>Other numbers once images were added or are gone.</summary>
    private static (long Last, long Gone) Changes(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = new(
            "SELECT (SELECT coalesce(max(number), 0) FROM cupola_images), (SELECT count(*) FROM cupola_images WHERE gone)",
            connection
        );
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>The highest cosine of each word with any image; null where none was looked at.</summary>
    private float?[] Highest(NpgsqlConnection connection, float[][] words, bool isExact)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        string settings = isExact
            ? "SET LOCAL enable_indexscan = off"
            : "SET LOCAL enable_seqscan = off" + (_pgvector >= Iterative ? "; SET LOCAL hnsw.iterative_scan = strict_order" : "");
        using NpgsqlCommand set = new(settings, connection, transaction);
        set.ExecuteNonQuery();
        using NpgsqlCommand command = new(
            $"SELECT (SELECT 1 - (v.embedding <=> w.word) FROM {_vectors} v WHERE {IsThere} "
                + "ORDER BY v.embedding <=> w.word LIMIT 1) FROM unnest($1) WITH ORDINALITY w (word, place) ORDER BY w.place",
            connection,
            transaction
        )
        {
            Parameters =
            {
                new() { Value = words.Select(static word => new HalfVector(Halves(word))).ToArray(), DataTypeName = "halfvec[]" },
            },
        };
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<float?> highest = [];
        while (reader.Read())
        {
            highest.Add(reader.IsDBNull(0) ? null : (float)reader.GetDouble(0));
        }

        return [.. highest];
    }

    /// <summary>The vectors are copied to a file for as long as they are read.</summary>
    public override void Read(Action<IReadOnlyList<IndexedRow>, VectorFile.Rows> read)
    {
        string path = Path.Combine(Path.GetTempPath(), $"cupola-{Guid.NewGuid():N}.f16");
        try
        {
            using VectorFile file = new(path, _dimension);
            IReadOnlyList<IndexedRow> images = Run(connection => Copy(connection, file));
            file.Read(rows => read(images, rows));
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private List<IndexedRow> Copy(NpgsqlConnection connection, VectorFile file)
    {
        using NpgsqlCommand command = new(
            $"SELECT {Columns}, v.embedding FROM cupola_images i JOIN {_vectors} v ON v.hash = i.hash "
                + "WHERE NOT i.gone AND i.error IS NULL ORDER BY i.path",
            connection
        );
        using NpgsqlDataReader reader = command.ExecuteReader();
        Dictionary<ContentHash, long> rows = [];
        List<IndexedRow> images = [];
        List<float[]> vectors = [];
        while (reader.Read())
        {
            KnownFile known = File(reader);
            if (!rows.TryGetValue(new(known.Hash!), out long row))
            {
                row = rows.Count;
                rows.Add(new(known.Hash!), row);
                vectors.Add(Floats(reader.GetFieldValue<HalfVector>(12)));
                if (vectors.Count == CandidateRanking.SampleSize)
                {
                    file.Append(vectors);
                    vectors.Clear();
                }
            }

            images.Add(new(known, row));
        }

        file.Append(vectors);
        return images;
    }

    private RankedImage[] Rank(NpgsqlConnection connection, IReadOnlyList<WeightedVector> terms, SearchQuery query, int top)
    {
        CandidateRanking ranking = new(terms, Sample(connection));
        float[] direction = ranking.Direction();
        int wanted = CandidateRanking.Wanted(top);
        List<(KnownFile File, Half[] Vector)> candidates =
            wanted <= MostCandidates ? Candidates(connection, direction, query, wanted, isExact: false) : [];
        if (candidates.Count < (HasFilter(query) || terms.Count > 1 ? wanted : top))
        {
            // The index gives no more than it looks at. Where few images pass the filters, many near ones are gone, or many are
            // wanted, all are looked at.
            candidates = Candidates(connection, direction, query, wanted, isExact: true);
        }

        return ranking.Rank(candidates, query.Threshold, top);
    }

    /// <summary>Some images' vectors, as random as contents' hashes are.</summary>
    private List<Half[]> Sample(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = new(
            $"SELECT v.embedding FROM {_vectors} v WHERE {IsThere} ORDER BY v.hash LIMIT {CandidateRanking.SampleSize}",
            connection
        );
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<Half[]> sample = [];
        while (reader.Read())
        {
            sample.Add(reader.GetFieldValue<HalfVector>(0).ToArray());
        }

        return sample;
    }

    private List<(KnownFile, Half[])> Candidates(
        NpgsqlConnection connection,
        float[] direction,
        SearchQuery query,
        int most,
        bool isExact
    )
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        string settings = isExact
            ? "SET LOCAL enable_indexscan = off"
            : Invariant($"SET LOCAL hnsw.ef_search = {Math.Min(most, MostCandidates)}")
                + (HasFilter(query) ? "" : "; SET LOCAL enable_seqscan = off")
                + (_pgvector >= Iterative ? "; SET LOCAL hnsw.iterative_scan = strict_order" : "");
        using (NpgsqlCommand set = new(settings, connection, transaction))
        {
            set.ExecuteNonQuery();
        }

        using NpgsqlCommand command = new() { Connection = connection, Transaction = transaction };
        string vector = Next(command, new HalfVector(Halves(direction))),
            limit = Next(command, most);
        // Nothing but the distance is sorted by, because a second key would keep the index from being used; and where nothing is
        // filtered, the index gives the nearest vectors before their images are looked for, of which some may be gone.
        string text =
            HasFilter(query) || isExact
                ? $"SELECT {Columns}, v.embedding FROM {_vectors} v JOIN cupola_images i ON i.hash = v.hash "
                    + $"WHERE {Condition(command, query)} ORDER BY v.embedding <=> {vector} LIMIT {limit}"
                : $"SELECT {Columns}, v.embedding FROM (SELECT hash, embedding FROM {_vectors} "
                    + $"ORDER BY embedding <=> {vector} LIMIT {limit}) v JOIN cupola_images i ON i.hash = v.hash "
                    + $"WHERE {Condition(command, query)}";
        if (!isExact && !HasFilter(query) && !_isPlanChecked)
        {
            command.CommandText = "EXPLAIN " + text;
            CheckPlan(command);
        }

        command.CommandText = text;
        using NpgsqlDataReader reader = command.ExecuteReader();
        List<(KnownFile, Half[])> candidates = [];
        while (reader.Read())
        {
            candidates.Add((File(reader), reader.GetFieldValue<HalfVector>(12).ToArray()));
        }

        return candidates;
    }

    private static bool HasFilter(SearchQuery query) =>
        query.Folder is not null || query.Camera is not null || query.After is not null || query.Before is not null;

    /// <summary>What an image must be, in SQL.</summary>
    private static string Condition(NpgsqlCommand command, SearchQuery query)
    {
        List<string> conditions = ["NOT i.gone", "i.error IS NULL"];
        if (query.Folder is { } named)
        {
            string folder = Path.GetFullPath(named),
                prefix = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
            conditions.Add(Below(Next(command, folder), Next(command, prefix), Next(command, Behind(prefix))));
        }

        if (query.Camera is { } camera)
        {
            conditions.Add($"position(lower({Next(command, camera)}) IN lower(i.camera)) > 0");
        }

        if (query.After is { } after)
        {
            conditions.Add($"i.taken >= {Next(command, DateTime.SpecifyKind(after, DateTimeKind.Unspecified))}");
        }

        if (query.Before is { } before)
        {
            conditions.Add($"i.taken < {Next(command, DateTime.SpecifyKind(before, DateTimeKind.Unspecified))}");
        }

        return string.Join(" AND ", conditions);
    }

    /// <summary>Adds a parameter, and gives its name.</summary>
    private static string Next(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new() { Value = value });
        return Invariant($"${command.Parameters.Count}");
    }

    /// <summary>Warns once where a search of a large library would look at every vector.</summary>
    private void CheckPlan(NpgsqlCommand explain)
    {
        _isPlanChecked = true;
        List<string> plan = [];
        using (NpgsqlDataReader reader = explain.ExecuteReader())
        {
            while (reader.Read())
            {
                plan.Add(reader.GetString(0));
            }
        }

        Plan = plan;
        if (plan.Exists(line => line.Contains($"{_vectors}_hnsw", StringComparison.Ordinal)))
        {
            return;
        }

        using NpgsqlCommand count = new($"SELECT count(*) FROM {_vectors}", explain.Connection, explain.Transaction);
        if ((long)count.ExecuteScalar()! is > WorthAnIndex and long vectors)
        {
            LogScan(_logger, _address.Name, vectors, $"{_vectors}_hnsw");
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The database {Name} looks at all {Vectors} vectors for this search and does not use the index {Index}; run "
            + "ANALYZE there, or REINDEX it."
    )]
    private static partial void LogScan(ILogger logger, string name, long vectors, string index);

    /// <summary>How the database went about the first search.</summary>
    internal IReadOnlyList<string> Plan { get; private set; } = [];

    private static float[] Floats(HalfVector vector) => [.. vector.ToArray().Select(static number => (float)number)];
}
