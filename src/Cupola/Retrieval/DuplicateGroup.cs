namespace Cupola.Retrieval;

/// <summary>In what sense images are duplicates.</summary>
internal enum DuplicateLevel
{
    /// <summary>The same bytes.</summary>
    Bytes,

    /// <summary>The same picture in another size, format or quality.</summary>
    Picture,

    /// <summary>Different pictures of one moment, as in a burst.</summary>
    Moment,
}

/// <summary>Images that are duplicates of the first of them.</summary>
/// <param name="Level">In what sense.</param>
/// <param name="Images">At least two: the one of the largest file first, in a moment the earliest.</param>
internal sealed record DuplicateGroup(DuplicateLevel Level, IReadOnlyList<DuplicateImage> Images);

/// <summary>An image of a group.</summary>
/// <param name="File">The image.</param>
/// <param name="Cosine">Its cosine with the first.</param>
internal sealed record DuplicateImage(KnownFile File, double Cosine);
