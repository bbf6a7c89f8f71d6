using Microsoft.Extensions.VectorData;

namespace Cupola.Retrieval;

/// <summary>
/// Images in a collection of the caller's, in whatever store its provider speaks to; it was filled by
/// <see cref="ImageIndex.CopyToAsync"/>. The store gives candidates, of which double precision ranks.
/// </summary>
internal sealed class CollectionStore(VectorStoreCollection<long, IndexedImage> collection) : ImageStore
{
    /// <summary>More candidates where folders or cameras are filtered: not every store can say those filters.</summary>
    private const int FilteredCandidates = 2000;

    private Half[][]? _sample;

    public override IReadOnlyList<string> Roots() => [];

    public override IDisposable BeginUpdate() => throw Unwritten();

    public override void AddRoot(string path) => throw Unwritten();

    public override Dictionary<string, KnownFile> FilesBelow(string root) => throw Unwritten();

    public override HashSet<ContentHash> Contents() => throw Unwritten();

    public override void Add(IReadOnlyList<KnownFile> files, IReadOnlyList<ContentVector> vectors) => throw Unwritten();

    public override void MarkGone(IReadOnlyList<string> paths) => throw Unwritten();

    public override float[]? Vector(long number) =>
        collection.GetAsync(number, new() { IncludeVectors = true }).GetAwaiter().GetResult()?.Vector.ToArray();

    public override IReadOnlyList<RankedImage> Rank(IReadOnlyList<WeightedVector> terms, SearchQuery query, int top)
    {
        CandidateRanking ranking = new(terms, Sample());
        bool isFiltered =
            query.Folder is not null || query.Camera is not null || query.After is not null || query.Before is not null;
        int wanted = isFiltered ? Math.Max(FilteredCandidates, CandidateRanking.Wanted(top)) : CandidateRanking.Wanted(top);
        ImageFilter filter = new(query);
        return ranking.Rank(
            Search(ranking.Direction(), wanted, withVectors: true)
                .Select(static found => (File: found.Record.ToFile(), Vector: Halves(found.Record.Vector)))
                .Where(candidate => filter.Matches(candidate.File)),
            query.Threshold,
            top
        );
    }

    public override float[] Highest(float[][] words) =>
        [
            .. words.Select(word =>
                Search(word, 1, withVectors: true)
                    .Select(found => System.Numerics.Tensors.TensorPrimitives.Dot(found.Record.Vector.Span, word))
                    .FirstOrDefault(-1)
            ),
        ];

    public override void Read(Action<IReadOnlyList<IndexedRow>, VectorFile.Rows> read) =>
        throw new NotSupportedException("A collection is searched and not read whole; ask the index that it was copied from.");

    protected override void Dispose(bool isDisposing) { }

    private List<VectorSearchResult<IndexedImage>> Search(float[] vector, int top, bool withVectors) =>
        All(collection.SearchAsync(new ReadOnlyMemory<float>(vector), top, new() { IncludeVectors = withVectors }));

    /// <summary>Images near no vector in particular: what a store gives where every record counts.</summary>
    private Half[][] Sample() =>
        _sample ??= [
            .. All(
                    collection.GetAsync(
                        static image => image.Number >= 0,
                        CandidateRanking.SampleSize,
                        new() { IncludeVectors = true }
                    )
                )
                .Select(static image => Halves(image.Vector)),
        ];

    private static List<T> All<T>(IAsyncEnumerable<T> some) => some.ToListAsync().AsTask().GetAwaiter().GetResult();

    private static Half[] Halves(ReadOnlyMemory<float> vector) => [.. vector.ToArray().Select(static number => (Half)number)];

    private static NotSupportedException Unwritten() =>
        new("A collection is filled by ImageIndex.CopyToAsync from an index of its own, and not by an update.");
}
