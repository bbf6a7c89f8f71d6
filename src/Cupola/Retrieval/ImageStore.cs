using System.Runtime.InteropServices;
using Cupola.Images;

namespace Cupola.Retrieval;

/// <summary>
/// Where an index keeps what it knows of images and one model's vectors: on this machine (<see cref="LocalStore"/>), or in a
/// database that several machines share. What is added is there as a whole or not at all.
/// </summary>
internal abstract class ImageStore : IDisposable
{
    /// <summary>The folders that were indexed, as full paths.</summary>
    public abstract IReadOnlyList<string> Roots();

    /// <summary>Whether nothing can be added.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Begins an update, which ends when what is returned is disposed.</summary>
    /// <exception cref="IOException">Another process is updating, and one at a time may.</exception>
    public abstract IDisposable BeginUpdate();

    /// <summary>Remembers a folder.</summary>
    public abstract void AddRoot(string path);

    /// <summary>The files at and below a folder, by their paths.</summary>
    public abstract Dictionary<string, KnownFile> FilesBelow(string root);

    /// <summary>The contents that have a vector of the model.</summary>
    public abstract HashSet<ContentHash> Contents();

    /// <summary>Adds what is known of files, and the vectors of contents, all or none.</summary>
    public abstract void Add(IReadOnlyList<KnownFile> files, IReadOnlyList<ContentVector> vectors);

    /// <summary>Marks files as gone, all or none.</summary>
    public abstract void MarkGone(IReadOnlyList<string> paths);

    /// <summary>The vector of the image of a number; null where there is none.</summary>
    public abstract float[]? Vector(long number);

    /// <summary>The images that fit terms best, the best first.</summary>
    /// <param name="terms">At least one; the first one's cosine is told.</param>
    /// <param name="query">What an image must be.</param>
    /// <param name="top">How many at most.</param>
    public abstract IReadOnlyList<RankedImage> Rank(IReadOnlyList<WeightedVector> terms, SearchQuery query, int top);

    /// <summary>What is known of the image of a number; null where it is not there.</summary>
    public virtual KnownFile? File(long number)
    {
        KnownFile? found = null;
        Read((images, _) => found = images.FirstOrDefault(image => image.File.Number == number).File);
        return found;
    }

    /// <summary>How many images a query's filters leave.</summary>
    public virtual int Count(SearchQuery query)
    {
        ImageFilter filter = new(query);
        int count = 0;
        Read((images, _) => count = images.Count(image => filter.Matches(image.File)));
        return count;
    }

    /// <summary>What the images were taken with, in the order of the alphabet.</summary>
    public virtual IReadOnlyList<string> Cameras()
    {
        IReadOnlyList<string> cameras = [];
        Read(
            (images, _) =>
                cameras =
                [
                    .. images
                        .Select(static image => image.File.Metadata.Camera)
                        .OfType<string>()
                        .Distinct(StringComparer.OrdinalIgnoreCase)
                        .Order(StringComparer.OrdinalIgnoreCase),
                ]
        );
        return cameras;
    }

    /// <summary>Another number after every change, of a store that can tell; null of one that cannot.</summary>
    public virtual long? Revision => null;

    /// <summary>The highest cosine of each of some words with any image.</summary>
    public abstract float[] Highest(float[][] words);

    /// <summary>Runs over all images that are there and the rows of their vectors, in the order of the images' paths.</summary>
    public abstract void Read(Action<IReadOnlyList<IndexedRow>, VectorFile.Rows> read);

    /// <summary>The prints of pictures of contents, as far as the store keeps them; null for a flat image.</summary>
    public virtual Dictionary<ContentHash, PicturePrint?> Prints() => [];

    /// <summary>Keeps prints of pictures, if the store keeps any.</summary>
    public virtual void AddPrints(IReadOnlyList<(ContentHash Content, PicturePrint? Print)> prints) { }

    /// <summary>The embeddings of words that every search needs, if the store keeps them.</summary>
    /// <param name="words">The words.</param>
    /// <param name="embed">Embeds them.</param>
    public virtual float[][] Words(IReadOnlyList<string> words, Func<float[][]> embed) => embed();

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool isDisposing);
}

/// <summary>The vector of a content.</summary>
/// <param name="Content">The content.</param>
/// <param name="Vector">Its unit vector, [dimension].</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ContentVector(ContentHash Content, float[] Vector);

/// <summary>A term's vector.</summary>
/// <param name="Vector">A unit vector, [dimension].</param>
/// <param name="Weight">How much it counts; less than 0 where what fits it is unwanted.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WeightedVector(float[] Vector, double Weight);

/// <summary>An image and the row of its vector.</summary>
/// <param name="File">The image.</param>
/// <param name="Row">The row.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IndexedRow(KnownFile File, long Row);

/// <summary>An image that was ranked.</summary>
/// <param name="File">The image.</param>
/// <param name="Score">The sum of what the terms say.</param>
/// <param name="Cosines">Its cosine with each term.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RankedImage(KnownFile File, double Score, double[] Cosines)
{
    /// <summary>What each term's cosines are over the library, where the store says it.</summary>
    public TermScale[]? Scales { get; init; }
}
