namespace Cupola.Images;

/// <summary>HEIC, whose codec is not part of the library: the package Cupola.Heic brings it.</summary>
internal static class HeicDecoder
{
    /// <summary>What decodes it; null where no package brings it.</summary>
    public static Func<EncodedImage, RgbImage>? Optional { get; set; }

    /// <summary>Decodes a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or nothing decodes HEIC here.</exception>
    public static RgbImage Decode(EncodedImage file) =>
        Optional is { } decode
            ? decode(file)
            : throw new InvalidDataException(
                $"{file.Name} is HEIC, whose codec (HEVC) this build does not have; "
                    + "convert it to JPEG or PNG, or set the phone to 'most compatible'."
            );
}
