namespace Cupola.Images;

/// <summary>How the rows of a bitmap are packed, by the numbers in its header.</summary>
internal enum BmpCompression : uint
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>RLE8: runs of bytes.</summary>
    Runs8 = 1,

    /// <summary>RLE4: runs of half bytes.</summary>
    Runs4 = 2,

    /// <summary>Not at all, and masks say where the channels lie.</summary>
    Masks = 3,
}
