using Cupola.Retrieval;
using Cupola.Server.Requests;
using static System.FormattableString;

namespace Cupola.Server.Search;

/// <summary>
/// An index as requests use it: one search at a time, as one pass over the vectors takes all cores, with what the last searches
/// found at hand for their next pages. It notices when another process has updated the index.
/// </summary>
internal sealed class ServedIndex(ImageIndex index) : IDisposable
{
    /// <summary>Searches whose results are kept for further pages.</summary>
    private const int KeptSearches = 16;

    /// <summary>Results that are kept of each.</summary>
    private const int KeptResults = 20_000;

    private static readonly string[] DatabaseFiles = ["index.sqlite", "index.sqlite-wal"];

    private readonly SemaphoreSlim _gate = new(1);
    private readonly LinkedList<(string Key, FoundPages Found)> _kept = [];
    private Catalog _catalog = new("", new Dictionary<long, (KnownFile, long)>(), []);

    /// <summary>What is in the index.</summary>
    public async Task<Catalog> ReadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(Refresh, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The vector of an image of the index.</summary>
    /// <exception cref="RequestException">There is none of that number.</exception>
    public async Task<float[]> VectorAsync(long number, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Catalog catalog = await Task.Run(Refresh, cancellationToken);
            catalog.Find(number);
            float[] vector = [];
            index.Vectors.Read(rows => vector = rows.ToArray(catalog.Images[number].Row));
            return vector;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finds images, or gives what the same search found before.</summary>
    /// <param name="query">The query, its terms embedded.</param>
    /// <param name="key">The same for the same query; null where its results are not needed again.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<FoundPages> FindAsync(SearchQuery query, string? key, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Find(query, key, cancellationToken), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private FoundPages Find(SearchQuery query, string? key, CancellationToken cancellationToken)
    {
        Catalog catalog = Refresh();
        string full = $"{catalog.Version}\n{key}";
        if (key is not null && _kept.FirstOrDefault(kept => kept.Key == full) is { Found: not null } known)
        {
            _kept.Remove(known);
            _kept.AddFirst(known);
            return known.Found;
        }

        IReadOnlyList<FoundImage> all = index.Search(query, int.MaxValue, cancellationToken);
        FoundImage[] best = [.. all.OrderByDescending(static image => image.IsLikely).Take(KeptResults)];
        FoundPages found = new(best, all.Count, all.Count(static image => image.IsLikely), catalog);
        if (key is not null)
        {
            _kept.AddFirst((full, found));
        }

        if (_kept.Count > KeptSearches)
        {
            _kept.RemoveLast();
        }

        return found;
    }

    /// <summary>Reads the list of images again where the database has changed.</summary>
    private Catalog Refresh()
    {
        string version = string.Join(
            ' ',
            DatabaseFiles
                .Select(name => new FileInfo(Path.Combine(index.Folder, name)))
                .Select(static file => file.Exists ? Invariant($"{file.Length}:{file.LastWriteTimeUtc.Ticks}") : "")
        );
        if (version != _catalog.Version)
        {
            Dictionary<long, (KnownFile File, long Row)> images = index
                .Database.Images(index.ModelNumber)
                .ToDictionary(static image => image.File.Number);
            _catalog = new(version, images, index.Roots);
            _kept.Clear();
        }

        return _catalog;
    }
}

/// <summary>What is in an index at one time.</summary>
/// <param name="Version">Another one where something changed.</param>
/// <param name="Images">Images by their numbers, each with the row of its vector.</param>
/// <param name="Roots">The folders it covers.</param>
internal sealed record Catalog(
    string Version,
    IReadOnlyDictionary<long, (KnownFile File, long Row)> Images,
    IReadOnlyList<string> Roots
)
{
    /// <summary>The cameras' names, in their order.</summary>
    public IReadOnlyList<string> Cameras { get; } =
    [
        .. Images
            .Values.Select(static image => image.File.Metadata.Camera)
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>An image by its number.</summary>
    /// <exception cref="RequestException">There is none of that number.</exception>
    public KnownFile Find(long number) =>
        Images.TryGetValue(number, out (KnownFile File, long Row) image)
            ? image.File
            : throw RequestException.NotFound(Invariant($"The index has no image of the number {number}."), "id");
}

/// <summary>What a search found.</summary>
/// <param name="Best">The best of them: likely ones, then the others, each by their scores.</param>
/// <param name="Total">How many images were ranked.</param>
/// <param name="Likely">How many of them are likely.</param>
/// <param name="Catalog">What the index held then.</param>
internal sealed record FoundPages(IReadOnlyList<FoundImage> Best, int Total, int Likely, Catalog Catalog);
