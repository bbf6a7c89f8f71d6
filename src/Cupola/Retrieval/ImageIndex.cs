using Cupola.Files;
using Cupola.Retrieval;
using Microsoft.Extensions.VectorData;

namespace Cupola;

/// <summary>
/// An index of the images below some folders: what is known of each file in an SQLite database, and for each model one file of
/// unit vectors. It keeps itself: an update embeds what is new or changed, and nothing that lies somewhere else already. A killed
/// update loses at most its last batch. Several processes may search it while one updates it.
/// </summary>
public sealed class ImageIndex : IDisposable
{
    /// <summary>Images that are copied to another store at once.</summary>
    private const int CopiedTogether = 512;

    private ImageIndex(ImageStore store, ClipEmbedder embedder, bool orient) =>
        (Store, Embedder, IsOriented) = (store, embedder, orient);

    /// <summary>Where a user's index lies unless somebody says otherwise: <c>index</c> in the user's folder for caches, as
    /// <see cref="EmbeddingCache.DefaultFolder"/>.</summary>
    public static string DefaultFolder => UserCache.Folder("index");

    /// <summary>The folders it covers, as full paths.</summary>
    public IReadOnlyList<string> Roots => Store.Roots();

    /// <summary>The model whose vectors are used.</summary>
    internal ClipEmbedder Embedder { get; }

    /// <summary>Whether images are turned as their EXIF orientation says.</summary>
    internal bool IsOriented { get; }

    /// <summary>Where everything is kept.</summary>
    internal ImageStore Store { get; }

    /// <summary>Opens the index in a folder, which is made if it is not there.</summary>
    /// <param name="folder">The index's folder.</param>
    /// <param name="embedder">The model; each has vectors of its own in the same index. It stays the caller's.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says, as people see them.</param>
    /// <exception cref="InvalidDataException">What lies there is damaged, or is no index.</exception>
    public static ImageIndex Open(string folder, ClipEmbedder embedder, bool orient = true)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(embedder);
        return Open(
            new LocalStore(
                Path.GetFullPath(folder),
                Fingerprint(embedder, orient),
                embedder.Config.EmbeddingDimension,
                embedder.Threads
            ),
            embedder,
            orient
        );
    }

    /// <summary>
    /// Opens what <see cref="CopyToAsync"/> copied into a collection of any store that has a provider of
    /// Microsoft.Extensions.VectorData (Qdrant, Azure AI Search, …): to be searched, and not to be updated. Filters on folder,
    /// camera and date hold among the nearest 2,000 images.
    /// </summary>
    /// <param name="collection">The collection; it stays the caller's.</param>
    /// <param name="embedder">The model that made its vectors. It stays the caller's.</param>
    /// <param name="orient">Whether images of a query are turned as their EXIF orientation says.</param>
    public static ImageIndex OpenCollection(
        VectorStoreCollection<long, IndexedImage> collection,
        ClipEmbedder embedder,
        bool orient = true
    )
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(embedder);
        return Open(new CollectionStore(collection), embedder, orient);
    }

    /// <summary>Opens an index that is kept elsewhere; the store becomes the index's own.</summary>
    internal static ImageIndex Open(ImageStore store, ClipEmbedder embedder, bool orient) => new(store, embedder, orient);

    /// <summary>What vectors depend on besides their images' bytes; others are never mixed with them.</summary>
    internal static string Fingerprint(ClipEmbedder embedder, bool orient) =>
        orient ? embedder.Fingerprint : $"{embedder.Fingerprint}-stored";

    /// <summary>Brings the index up to date with a folder, or with one image's file.</summary>
    /// <param name="root">The folder; it is remembered.</param>
    /// <param name="cache">Embeddings that are known from elsewhere, and where new ones are kept; it stays the caller's.</param>
    /// <param name="progress">Told how many more of the new images are done; first, with a negative number, how many there are.
    /// </param>
    /// <param name="cancellationToken">Stops between batches; what is done stays.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder; what the index knows of it stays.</exception>
    /// <exception cref="IOException">Another process is updating the index.</exception>
    public IndexUpdate Update(
        string root,
        EmbeddingCache? cache = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(root);
        return Update(root, cache, known: null, progress, cancellationToken);
    }

    /// <summary>The same with embeddings of images that were written to files.</summary>
    internal IndexUpdate Update(
        string root,
        EmbeddingCache? cache,
        EmbeddedFiles? known,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        using IDisposable held = Store.BeginUpdate();
        return new IndexUpdater(this, cache, known, progress, cancellationToken).Update(Path.GetFullPath(root));
    }

    /// <summary>The images that fit a query best.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="InvalidDataException">An image of the query cannot be read.</exception>
    public IReadOnlyList<FoundImage> Search(SearchQuery query, int top = 10, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new ImageSearch(this).Find(query, top, cancellationToken);
    }

    /// <summary>What a store must know of <see cref="IndexedImage"/> to keep it, with this model's vectors.</summary>
    public VectorStoreCollectionDefinition CollectionDefinition => IndexedImage.Define(Embedder.Config.EmbeddingDimension);

    /// <summary>
    /// The images as a collection of Microsoft.Extensions.VectorData, by their numbers: to be read, and searched exactly by
    /// words, an <see cref="ImageSource"/> or a vector, with any filter. It cannot be written to.
    /// </summary>
    public VectorStoreCollection<long, IndexedImage> AsCollection() => new ImageCollection(this);

    /// <summary>Copies all images into a collection of any store, which is made if it is not there.</summary>
    /// <param name="collection">Made with <see cref="CollectionDefinition"/>; it stays the caller's.</param>
    /// <param name="progress">Told how many more images are copied.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>How many images were copied.</returns>
    public async Task<int> CopyToAsync(
        VectorStoreCollection<long, IndexedImage> collection,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(collection);
        await collection.EnsureCollectionExistsAsync(cancellationToken).ConfigureAwait(false);
        int copied = 0;
        long last = -1;
        while (true)
        {
            IndexedImage[] batch = await Task.Run(() => After(last), cancellationToken).ConfigureAwait(false);
            if (batch.Length == 0)
            {
                return copied;
            }

            await collection.UpsertAsync(batch, cancellationToken).ConfigureAwait(false);
            copied += batch.Length;
            last = batch[^1].Number;
            progress?.Report(batch.Length);
        }
    }

    /// <summary>The next images in the order of their numbers.</summary>
    private IndexedImage[] After(long number)
    {
        IndexedImage[] next = [];
        Store.Read(
            (images, rows) =>
                next = [
                    .. images
                        .Where(image => image.File.Number > number)
                        .OrderBy(static image => image.File.Number)
                        .Take(CopiedTogether)
                        .Select(image => IndexedImage.Of(image.File, rows.ToArray(image.Row))),
                ]
        );
        return next;
    }

    /// <summary>Images that are duplicates of each other, in three senses; nothing is deleted.</summary>
    /// <param name="query">What an image must be; its terms do not count.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    internal IReadOnlyList<DuplicateGroup> FindDuplicates(SearchQuery query, CancellationToken cancellationToken = default) =>
        new DuplicateSearch(this, cancellationToken).Find(query);

    /// <summary>The embeddings of words that every search needs.</summary>
    internal float[][] Words(IReadOnlyList<string> words) => Store.Words(words, () =>
        {
            EmbeddingMatrix texts = Embedder.EmbedTexts(words);
            return [.. Enumerable.Range(0, texts.Count).Select(row => texts[row].ToArray())];
        });

    /// <summary>Gives the index's files back.</summary>
    public void Dispose() => Store.Dispose();
}

/// <summary>What an update of an index found and did.</summary>
/// <param name="Root">The folder, as a full path.</param>
/// <param name="Seen">Images that are there.</param>
/// <param name="Embedded">Images that were embedded.</param>
/// <param name="Reused">Images that are new or changed and whose content was known already.</param>
/// <param name="Moved">Those of them that are gone from where they were: renamed or moved.</param>
/// <param name="Gone">Images that were there and are no more.</param>
/// <param name="Broken">Images that cannot be read, with the reason of each that is new or changed.</param>
public sealed record IndexUpdate(
    string Root,
    int Seen,
    int Embedded,
    int Reused,
    int Moved,
    int Gone,
    IReadOnlyList<string> Broken
)
{
    /// <summary>How many images there are that cannot be read, those that were told before included.</summary>
    public int BrokenCount { get; init; }
}

/// <summary>An image that was found.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Number">Its number in the index, by which a query can name it.</param>
/// <param name="Score">The sum of what its terms say, each in standard deviations over the library.</param>
/// <param name="Cosine">Its cosine with the query's first term.</param>
/// <param name="IsLikely">Whether it fits better than words that fit anything do.</param>
public sealed record FoundImage(string Path, long Number, double Score, double Cosine, bool IsLikely)
{
    /// <summary>What the store said of it.</summary>
    internal RankedImage Ranked { get; init; }
}
