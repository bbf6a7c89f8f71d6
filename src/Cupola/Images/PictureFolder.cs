namespace Cupola.Images;

/// <summary>The pictures that lie below a folder.</summary>
public static class PictureFolder
{
    /// <summary>
    /// What <see cref="ImageDecoder"/> reads, and two kinds that it does not (HEIC, JPEG 2000): who keeps pictures in them is told so for each, in place of missing them.
    /// </summary>
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jfif", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".ppm", ".pgm", ".pbm", ".pnm",
    };

    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>Whether a file counts as a picture in a folder or an archive, which its name alone decides.</summary>
    /// <param name="name">A path, or a file's name; its extension counts, in large or small letters.</param>
    public static bool IsPicture(string name) => Extensions.Contains(Path.GetExtension(name));

    /// <summary>All pictures below a folder, however deep, in the ordinal order of their paths. Hidden files and folders are passed over.</summary>
    /// <param name="folder">The folder; the paths begin with it, as it is given.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> Enumerate(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", Below).Where(IsPicture).Order(StringComparer.Ordinal)];
}
