namespace Cupola.Images;

/// <summary>How the rows of a bitmap are compressed, with the numbers of its header.</summary>
internal enum BmpCompression : uint
{
    /// <summary>Not compressed.</summary>
    None = 0,

    /// <summary>RLE8: runs of bytes.</summary>
    Runs8 = 1,

    /// <summary>RLE4: runs of half bytes.</summary>
    Runs4 = 2,

    /// <summary>Not compressed, with masks for the position of the channels.</summary>
    Masks = 3,
}
