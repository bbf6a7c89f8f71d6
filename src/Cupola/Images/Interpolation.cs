namespace Cupola.Images;

/// <summary>How a resize interpolates; the numbers are Pillow's, as in configurations ("resample": 3).</summary>
internal enum Interpolation
{
    /// <summary>The pixel whose area contains the center.</summary>
    Nearest = 0,

    /// <summary>A windowed sinc over six pixels.</summary>
    Lanczos = 1,

    /// <summary>A triangle over two pixels.</summary>
    Bilinear = 2,

    /// <summary>A cubic over four pixels (a = −0.5); CLIP's.</summary>
    Bicubic = 3,

    /// <summary>The mean of the pixels that an output pixel covers.</summary>
    Box = 4,

    /// <summary>A Hamming window over two pixels.</summary>
    Hamming = 5,
}
