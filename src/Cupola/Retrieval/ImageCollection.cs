using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using static System.FormattableString;

namespace Cupola.Retrieval;

/// <summary>
/// The images of an index as a collection of Microsoft.Extensions.VectorData: read and searched exactly, with any filter that C#
/// can say. It is not written to, because images come and go as their files do.
/// </summary>
internal sealed class ImageCollection(ImageIndex index) : VectorStoreCollection<long, IndexedImage>
{
    private const string System = "cupola";

    public override string Name => "images";

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        throw Unwritten("deleted");

    public override Task DeleteAsync(long key, CancellationToken cancellationToken = default) => throw Unwritten("deleted");

    public override Task UpsertAsync(IndexedImage record, CancellationToken cancellationToken = default) =>
        throw Unwritten("added");

    public override Task UpsertAsync(IEnumerable<IndexedImage> records, CancellationToken cancellationToken = default) =>
        throw Unwritten("added");

    public override Task<IndexedImage?> GetAsync(
        long key,
        RecordRetrievalOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        Task.Run(
            () =>
            {
                IndexedImage? found = null;
                index.Store.Read(
                    (images, rows) =>
                        found = images
                            .Where(image => image.File.Number == key)
                            .Select(image => Record(image, rows, options?.IncludeVectors == true))
                            .FirstOrDefault()
                );
                return found;
            },
            cancellationToken
        );

    public override async IAsyncEnumerable<IndexedImage> GetAsync(
        Expression<Func<IndexedImage, bool>> filter,
        int top,
        FilteredRecordRetrievalOptions<IndexedImage>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        Func<IndexedImage, bool> counts = filter.Compile();
        IndexedImage[] found = await Task.Run(
                () =>
                {
                    IndexedImage[] some = [];
                    index.Store.Read(
                        (images, rows) =>
                            some = [
                                .. Ordered(
                                        images
                                            .Select(image => (Image: Record(image, rows, withVector: false), image.Row))
                                            .Where(each => counts(each.Image)),
                                        options
                                    )
                                    .Skip(options?.Skip ?? 0)
                                    .Take(top)
                                    .Select(each =>
                                    {
                                        each.Image.Vector = options?.IncludeVectors == true ? rows.ToArray(each.Row) : default;
                                        return each.Image;
                                    }),
                            ]
                    );
                    return some;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        foreach (IndexedImage image in found)
        {
            yield return image;
        }
    }

    public override async IAsyncEnumerable<VectorSearchResult<IndexedImage>> SearchAsync<TInput>(
        TInput searchValue,
        int top,
        VectorSearchOptions<IndexedImage>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        VectorSearchOptions<IndexedImage> wanted = options ?? new();
        Func<IndexedImage, bool>? counts = wanted.Filter?.Compile();
        VectorSearchResult<IndexedImage>[] found = await Task.Run(
                () =>
                {
                    float[] vector = Embed(searchValue, cancellationToken);
                    VectorSearchResult<IndexedImage>[] some = [];
                    index.Store.Read((images, rows) => some = Search(images, rows, vector, top, wanted, counts));
                    return some;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        foreach (VectorSearchResult<IndexedImage> image in found)
        {
            yield return image;
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata)
                ? new VectorStoreCollectionMetadata { VectorStoreSystemName = System, CollectionName = Name }
            : serviceType.IsInstanceOfType(index) ? index
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    private VectorSearchResult<IndexedImage>[] Search(
        IReadOnlyList<IndexedRow> images,
        VectorFile.Rows rows,
        float[] vector,
        int top,
        VectorSearchOptions<IndexedImage> options,
        Func<IndexedImage, bool>? counts
    )
    {
        float[] scores = rows.Count == 0 ? [] : ExactScan.Scores(rows, vector, index.Embedder.Threads);
        float[] cosines = [.. images.Select(image => scores[image.Row])];
        bool[]? passes = counts is null ? null : [.. images.Select(image => counts(Record(image, rows, withVector: false)))];
        return
        [
            .. ExactScan
                .Leading(
                    cosines,
                    (int)Math.Min(int.MaxValue, (long)top + options.Skip),
                    ExactScan.Rounding,
                    passes is null ? null : place => passes[place]
                )
                .Select(place => (Image: images[(int)place], Cosine: ExactScan.ExactDot(rows[images[(int)place].Row], vector)))
                .Where(found => options.ScoreThreshold is not { } least || found.Cosine >= least)
                .OrderByDescending(static found => found.Cosine)
                .ThenBy(static found => found.Image.File.Path, StringComparer.Ordinal)
                .Skip(options.Skip)
                .Take(top)
                .Select(found => new VectorSearchResult<IndexedImage>(
                    Record(found.Image, rows, options.IncludeVectors),
                    found.Cosine
                )),
        ];
    }

    /// <summary>A vector of what is looked for: words, an image, or a vector.</summary>
    private float[] Embed<TInput>(TInput value, CancellationToken cancellationToken)
    {
        float[] vector = value switch
        {
            string words => index.Embedder.EmbedTexts([words], progress: null, cancellationToken)[0].ToArray(),
            ImageSource image => index.Embedder.EmbedImages([image], index.IsOriented, cache: null, cancellationToken).Single()
                is { } embedded
                ? embedded.Vector ?? throw new InvalidDataException(embedded.Error)
                : [],
            ReadOnlyMemory<float> numbers => numbers.ToArray(),
            float[] numbers => numbers,
            Embedding<float> embedding => embedding.Vector.ToArray(),
            _ => throw new NotSupportedException(
                $"Images are not searched by a {typeof(TInput).Name}; give words, an ImageSource or a vector of float."
            ),
        };
        return vector.Length == index.Embedder.Config.EmbeddingDimension
            ? new EmbeddingMatrix(vector, 1, vector.Length).Normalize().Values.ToArray()
            : throw new ArgumentException(
                Invariant($"A vector of {vector.Length} numbers is none of the model's, which have ")
                    + Invariant($"{index.Embedder.Config.EmbeddingDimension}."),
                nameof(value)
            );
    }

    private static IEnumerable<(IndexedImage Image, long Row)> Ordered(
        IEnumerable<(IndexedImage Image, long Row)> images,
        FilteredRecordRetrievalOptions<IndexedImage>? options
    )
    {
        IOrderedEnumerable<(IndexedImage Image, long Row)> ordered = images.Order(
            Comparer<(IndexedImage, long)>.Create(static (_, _) => 0)
        );
        foreach (var key in options?.OrderBy?.Invoke(new()).Values ?? [])
        {
            Func<IndexedImage, object?> by = key.PropertySelector.Compile();
            ordered = key.Ascending
                ? ordered.ThenBy(each => by(each.Image), Comparer<object?>.Default)
                : ordered.ThenByDescending(each => by(each.Image), Comparer<object?>.Default);
        }

        return ordered;
    }

    private static IndexedImage Record(IndexedRow image, VectorFile.Rows rows, bool withVector) =>
        IndexedImage.Of(image.File, withVector ? rows.ToArray(image.Row) : null);

    private static NotSupportedException Unwritten(string done) =>
        new($"An image of an index is not {done} by a program; change its file and call ImageIndex.Update.");
}
