using Cupola.Files;
using Cupola.Images;
using Microsoft.Data.Sqlite;
using static System.FormattableString;

namespace Cupola.Retrieval;

/// <summary>
/// An index in a folder of this machine: an SQLite file, and one file of vectors a model, of which every search reads all. Which
/// images are best is decided in double precision.
/// </summary>
internal sealed class LocalStore : ImageStore
{
    /// <summary>Images that words are looked for in to tell what fits at all; more change the best cosine little.</summary>
    private const int SampleSize = 50_000;

    private readonly string _folder;
    private readonly int _dimension;
    private readonly int _threads;
    private readonly Lock _lock = new();
    private (long Version, IReadOnlyList<IndexedRow> Images) _images = (-1, []);
    private (long Version, float[] Cosines) _highest = (-1, []);

    /// <summary>Opens a folder's index, which is made if it is not there.</summary>
    /// <param name="folder">A full path.</param>
    /// <param name="fingerprint">Of the model, and of how images are prepared for it.</param>
    /// <param name="dimension">Numbers a vector.</param>
    /// <param name="threads">Threads of a search.</param>
    /// <exception cref="InvalidDataException">What lies there is damaged, or is no index.</exception>
    public LocalStore(string folder, string fingerprint, int dimension, int threads)
    {
        (_folder, _dimension, _threads) = (folder, dimension, threads);
        Database = IndexDatabase.Open(folder);
        try
        {
            try
            {
                ModelNumber = Database.Model(fingerprint, dimension);
            }
            catch (SqliteException problem) when (IndexDatabase.IsUnwritable(problem))
            {
                // SQLite opens a database on a read-only share, and fails when it would first write.
                Database.Dispose();
                Database = IndexDatabase.OpenToRead(Path.Combine(folder, "index.sqlite"), problem);
                ModelNumber = Database.Model(fingerprint, dimension);
            }

            Vectors = new(Path.Combine(folder, Invariant($"vectors-{ModelNumber}.f16")), dimension);
        }
        catch (SqliteException problem) when (IndexDatabase.IsHeld(problem))
        {
            Database.Dispose();
            throw IndexDatabase.Held(folder, problem);
        }
        catch
        {
            Database.Dispose();
            throw;
        }
    }

    /// <summary>The model's vectors.</summary>
    public VectorFile Vectors { get; }

    /// <summary>What is known of images.</summary>
    public IndexDatabase Database { get; }

    /// <summary>The model's number in the database.</summary>
    public long ModelNumber { get; }

    public override IReadOnlyList<string> Roots()
    {
        lock (_lock)
        {
            return Database.Roots();
        }
    }

    public override long? Revision => Images().Version;

    public override KnownFile? File(long number) => Images().Images.FirstOrDefault(image => image.File.Number == number).File;

    public override bool IsReadOnly => Database.IsReadOnly;

    public override IDisposable BeginUpdate()
    {
        if (IsReadOnly)
        {
            throw new IOException($"The index {_folder} cannot be written, and so it is not brought up to date.");
        }

        FileStream held = FileLock.TryOpen(Path.Combine(_folder, "index.lock")) ?? throw IndexDatabase.Held(_folder);
        try
        {
            Write(FitRows);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file of vectors and the database say the same of how many rows there are.</summary>
    private void FitRows()
    {
        long rows = Vectors.Count;
        if (rows < Database.RowsUsed(ModelNumber))
        {
            // The file was lost or cut off, and other vectors will stand in those rows.
            Database.ForgetRows(ModelNumber, rows);
        }

        // Rows that a killed update appended and nothing refers to.
        Vectors.Truncate(Database.RowsUsed(ModelNumber));
    }

    public override void AddRoot(string path) => Write(() => Database.AddRoot(path));

    public override Dictionary<string, KnownFile> FilesBelow(string root) => Database.FilesBelow(root);

    public override HashSet<ContentHash> Contents() => Database.Contents(ModelNumber);

    public override void Add(IReadOnlyList<KnownFile> files, IReadOnlyList<ContentVector> vectors) =>
        Write(() =>
        {
            // Rows are on disk before the database names them.
            long first = vectors.Count == 0 ? 0 : Vectors.Append([.. vectors.Select(static each => each.Vector)]);
            Database.Write(ModelNumber, files, vectors.Select((each, place) => (each.Content, first + place)));
        });

    public override void MarkGone(IReadOnlyList<string> paths) => Write(() => Database.MarkGone(paths));

    public override float[]? Vector(long number)
    {
        IndexedRow found = Images().Images.FirstOrDefault(image => image.File.Number == number);
        float[]? vector = null;
        if (found.File is not null)
        {
            Read([found], rows => vector = rows.ToArray(found.Row));
        }

        return vector;
    }

    public override IReadOnlyList<RankedImage> Rank(IReadOnlyList<WeightedVector> terms, SearchQuery query, int top)
    {
        IReadOnlyList<IndexedRow> images = Images().Images;
        IReadOnlyList<RankedImage> ranked = [];
        if (images.Count > 0)
        {
            Read(images, rows => ranked = Rank(terms, query, top, images, rows));
        }

        return ranked;
    }

    public override float[] Highest(float[][] words)
    {
        (long version, IReadOnlyList<IndexedRow> images) = Images();
        if (_highest.Version != version || _highest.Cosines.Length != words.Length)
        {
            float[] highest = new float[words.Length];
            long[] used = Used(images);
            int step = Math.Max(1, used.Length / SampleSize);
            long[] sample = [.. used.Where((_, place) => place % step == 0)];
            Read(images, rows =>
                Parallel.For(0, words.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, word =>
                    highest[word] = ExactScan.Highest(rows, sample, words[word])
                )
            );
            _highest = (version, highest);
        }

        return _highest.Cosines;
    }

    public override void Read(Action<IReadOnlyList<IndexedRow>, VectorFile.Rows> read)
    {
        IReadOnlyList<IndexedRow> images = Images().Images;
        Read(images, rows => read(images, rows));
    }

    public override Dictionary<ContentHash, PicturePrint?> Prints() => Database.Prints();

    public override void AddPrints(IReadOnlyList<(ContentHash Content, PicturePrint? Print)> prints)
    {
        if (IsReadOnly || prints.Count == 0)
        {
            return;
        }

        try
        {
            Database.AddPrints(prints);
        }
        catch (SqliteException problem) when (IndexDatabase.IsHeld(problem) || IndexDatabase.IsOfDisk(problem))
        {
            // They are made again next time.
        }
    }

    public override float[][] Words(IReadOnlyList<string> words, Func<float[][]> embed)
    {
        string path = Path.Combine(_folder, Invariant($"words-{ModelNumber}-{words.Count}.f16"));
        using VectorFile file = new(path, _dimension);
        if (file.Count != words.Count)
        {
            float[][] embedded = embed();
            if (IsReadOnly)
            {
                return embedded;
            }

            try
            {
                // Whole or not there: other searches look for it meanwhile, and write it too.
                AtomicFile.WriteAmongOthers(path, stream => VectorFile.Write(stream, embedded));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // A full disk, most often: they are embedded again next time if need be.
                return embedded;
            }
        }

        float[][] vectors = [];
        file.Read(rows => vectors = [.. Enumerable.Range(0, words.Count).Select(row => rows.ToArray(row))]);
        return vectors;
    }

    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            Vectors.Dispose();
            Database.Dispose();
        }
    }

    /// <summary>Writes, and says of a full disk what that means.</summary>
    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception problem) when (IndexDatabase.IsOfDisk(problem))
        {
            throw IndexDatabase.Unwritten(_folder, problem);
        }
        catch (SqliteException problem) when (IndexDatabase.IsHeld(problem))
        {
            throw IndexDatabase.Held(_folder, problem);
        }
    }

    /// <summary>
    /// Runs over the rows up to the last one of an image: those behind it may be a killed update's, and go while they are looked
    /// at.
    /// </summary>
    private void Read(IReadOnlyList<IndexedRow> images, Action<VectorFile.Rows> read) =>
        Vectors.Read(rows =>
        {
            long named = images.Count == 0 ? 0 : images.Max(static image => image.Row) + 1;
            read(
                rows.Count >= named
                    ? rows.First(named)
                    : throw new InvalidDataException(
                        Invariant($"The index {_folder} has lost vectors of its images (there are {rows.Count} of {named}); ")
                            + "bring it up to date with 'cupola index', which embeds these images again."
                    )
            );
        });

    private static long[] Used(IReadOnlyList<IndexedRow> images) => [.. images.Select(static image => image.Row).Distinct()];

    /// <summary>
    /// Float32 cosines of all rows give the scale of each term and the candidates; whatever rounding may have put behind the last
    /// one is a candidate too, and double precision over the stored numbers decides.
    /// </summary>
    private RankedImage[] Rank(
        IReadOnlyList<WeightedVector> terms,
        SearchQuery query,
        int top,
        IReadOnlyList<IndexedRow> images,
        VectorFile.Rows rows
    )
    {
        long[] used = Used(images);
        float[][] cosines = [.. terms.Select(term => ExactScan.Scores(rows, term.Vector, _threads))];
        TermScale[] scales = [.. cosines.Select(ofTerm => TermScale.Of([.. used.Select(row => ofTerm[row])]))];
        double rounding = terms
            .Zip(scales)
            .Sum(static pair => Math.Abs(pair.First.Weight) / pair.Second.Deviation * ExactScan.Rounding);
        double[] scores =
        [
            .. images.Select(image =>
                terms.Select((term, place) => scales[place].Score(cosines[place][image.Row], term.Weight)).Sum()
            ),
        ];
        ImageFilter filter = new(query);
        return
        [
            .. ExactScan
                .Leading(scores, top, rounding, place => filter.Matches(images[(int)place].File))
                .Select(place =>
                {
                    ReadOnlySpan<ushort> row = rows[images[(int)place].Row];
                    double[] exact = new double[terms.Count];
                    double score = 0;
                    for (int term = 0; term < exact.Length; term++)
                    {
                        exact[term] = ExactScan.ExactDot(row, terms[term].Vector);
                        score += scales[term].Score(exact[term], terms[term].Weight);
                    }

                    return new RankedImage(images[(int)place].File, score, exact) { Scales = scales };
                })
                .Where(image => query.Threshold is not { } least || image.Score >= least)
                .OrderByDescending(static image => image.Score)
                .ThenBy(static image => image.File.Path, StringComparer.Ordinal)
                .Take(top),
        ];
    }

    /// <summary>
    /// The images that are there, read again only where the database changed; an update may have made the file of vectors anew.
    /// </summary>
    private (long Version, IReadOnlyList<IndexedRow> Images) Images()
    {
        lock (_lock)
        {
            long version = Database.Version;
            if (_images.Version != version)
            {
                Vectors.Close();
                _images = (version, Database.Images(ModelNumber));
            }

            return _images;
        }
    }
}
