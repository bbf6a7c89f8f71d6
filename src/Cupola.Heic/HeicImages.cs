using Cupola.Images;

namespace Cupola.Heic;

/// <summary>Lets images in HEIC be read, wherever the library reads images.</summary>
public static class HeicImages
{
    /// <summary>From now on, HEIC is decoded in this process; the decoder is loaded with the first such image.</summary>
    public static void Enable() => HeicDecoder.Optional = static file => MagickDecoder.Decode(file);
}
