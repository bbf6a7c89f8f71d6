using System.Diagnostics;
using Cupola.Images;
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

    /// <summary>Results that are found at once, for several pages.</summary>
    private const int Pages = 2_000;

    /// <summary>The same of a store that gives the nearest alone, and would look at everything for more.</summary>
    private const int FewPages = 200;

    /// <summary>How long results are kept of a store that does not tell when it changes.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly LinkedList<KeptSearch> _kept = [];
    private (long Start, long? Version, LibraryDescription? Library) _described;

    /// <summary>What is known of the image of a number.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public async Task<KnownFile> FileAsync(long number, CancellationToken cancellationToken) =>
        await Task.Run(() => Ask(() => index.Store.File(number)), cancellationToken)
        ?? throw RequestException.NotFound(Invariant($"The index has no image of the number {number}."), "id");

    /// <summary>The vector of an image of the index.</summary>
    /// <exception cref="RequestException">There is none of that number.</exception>
    public async Task<float[]> VectorAsync(long number, CancellationToken cancellationToken) =>
        await InTurnAsync(() => index.Store.Vector(number), cancellationToken)
        ?? throw RequestException.NotFound(Invariant($"The index has no image of the number {number}."), "id");

    /// <summary>What the library is.</summary>
    public Task<LibraryDescription> DescribeAsync(CancellationToken cancellationToken) =>
        _described is { Library: { } known } described && Ask(() => IsCurrent(described.Version, described.Start))
            ? Task.FromResult(known)
            : InTurnAsync(Describe, cancellationToken);

    /// <summary>Finds images, or gives what the same search found before.</summary>
    /// <param name="query">The query, its terms embedded.</param>
    /// <param name="key">The same for the same query; null where its results are not needed again.</param>
    /// <param name="wanted">How many images.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public Task<FoundPages> FindAsync(SearchQuery query, string? key, int wanted, CancellationToken cancellationToken) =>
        InTurnAsync(() => Find(query, key, wanted, cancellationToken), cancellationToken);

    public void Dispose() => _gate.Dispose();

    private async Task<T> InTurnAsync<T>(Func<T> run, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Ask(run), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A store that cannot be asked, as a database that is down, is no fault of the request's.</summary>
    private static T Ask<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception problem) when (ImageReader.IsBroken(problem))
        {
            throw RequestException.Unavailable(problem);
        }
    }

    private bool IsCurrent(long? version, long start) =>
        version is null ? Stopwatch.GetElapsedTime(start) < Kept : version == index.Store.Revision;

    private LibraryDescription Describe()
    {
        long? version = index.Store.Revision;
        LibraryDescription library = new(index.Store.Count(new()), index.Store.Roots(), index.Store.Cameras());
        _described = (Stopwatch.GetTimestamp(), version, library);
        return library;
    }

    private FoundPages Find(SearchQuery query, string? key, int wanted, CancellationToken cancellationToken)
    {
        long? version = index.Store.Revision;
        int pages = version is null ? FewPages : Pages;
        int most = key is null ? wanted : (wanted + pages - 1) / pages * pages;
        KeptSearch? known = _kept.FirstOrDefault(each => each.Key == key && IsCurrent(each.Version, each.Start)),
            kept = known;
        if (kept is null || kept.Most < most)
        {
            IReadOnlyList<FoundImage> best = index.Search(query, most, cancellationToken);
            // A longer search goes on where the shorter one ended; a store that is nearly exact may see it a little differently.
            IReadOnlyList<FoundImage> before = known?.Found.Best ?? [];
            IEnumerable<FoundImage> rest = best.ExceptBy(before.Select(static image => image.Number), static image =>
                image.Number
            );
            FoundPages found = new(
                // Likely images first, within what is found at once.
                [
                    .. before,
                    .. rest.Take(most - before.Count)
                        .Chunk(pages)
                        .SelectMany(static each => each.OrderByDescending(static image => image.IsLikely)),
                ],
                query.Threshold is null || best.Count == most ? index.Store.Count(query) : best.Count
            );
            if (key is null)
            {
                return found;
            }

            kept = new(key, most, version, Stopwatch.GetTimestamp(), found);
        }

        if (known is not null)
        {
            _kept.Remove(known);
        }

        _kept.AddFirst(kept);
        if (_kept.Count > KeptSearches)
        {
            _kept.RemoveLast();
        }

        return kept.Found;
    }

    private sealed record KeptSearch(string Key, int Most, long? Version, long Start, FoundPages Found);
}

/// <summary>What a library is.</summary>
/// <param name="Images">How many images.</param>
/// <param name="Roots">The folders it covers.</param>
/// <param name="Cameras">What its images were taken with.</param>
internal sealed record LibraryDescription(int Images, IReadOnlyList<string> Roots, IReadOnlyList<string> Cameras);

/// <summary>What a search found.</summary>
/// <param name="Best">The best images.</param>
/// <param name="Total">How many images there are to rank.</param>
internal sealed record FoundPages(IReadOnlyList<FoundImage> Best, int Total)
{
    /// <summary>How many of the best are likely.</summary>
    public int Likely { get; } = Best.Count(static image => image.IsLikely);
}
