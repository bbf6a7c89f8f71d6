using static System.FormattableString;

namespace Cupola.Images;

/// <summary>The images that lie below a folder.</summary>
internal static class ImageFolder
{
    /// <summary>
    /// What <see cref="ImageDecoder"/> reads, and two kinds that it does not (HEIC, JPEG 2000): who keeps images in them is
    /// told so for each, in place of missing them.
    /// </summary>
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg",
        ".jpeg",
        ".jfif",
        ".png",
        ".gif",
        ".webp",
        ".bmp",
        ".tif",
        ".tiff",
        ".heic",
        ".heif",
        ".avif",
        ".jp2",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
    };

    /// <summary>
    /// Folders that archives of a Mac, Windows, Linux and network storage (Synology, QNAP) make; what is in them is nobody's.
    /// </summary>
    private static readonly HashSet<string> SystemFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX",
        "@eaDir",
        "#recycle",
        "#snapshot",
        "@Recycle",
        "@Recently-Snapshot",
        "$RECYCLE.BIN",
        "RECYCLER",
        "System Volume Information",
        "lost+found",
    };

    private static readonly EnumerationOptions Visible = new() { IgnoreInaccessible = true };

    /// <summary>Whether a file counts as an image in a folder or an archive, which its name alone decides.</summary>
    /// <param name="name">A path, or a file's name; its extension counts, in large or small letters.</param>
    public static bool IsImage(string name) => Extensions.Contains(Path.GetExtension(name));

    /// <summary>
    /// All images below a folder, however deep, in the ordinal order of their paths. Hidden files and folders are passed over,
    /// and folders that systems make for themselves. A link to a folder is followed, unless it leads back to a folder on the way
    /// to it.
    /// </summary>
    /// <param name="folder">The folder; the paths begin with it, as it is given.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> Enumerate(string folder) =>
        [.. Files(new(folder)).Where(IsImage).Order(StringComparer.Ordinal)];

    /// <summary>Whether a folder of this name is one that systems make for themselves.</summary>
    internal static bool IsOfSystem(string name) => SystemFolders.Contains(name);

    /// <summary>The folders in a folder that count, in ordinal order.</summary>
    internal static IReadOnlyList<string> Folders(string folder)
    {
        IEnumerable<FolderOnTheWay> below = new FolderOnTheWay(folder).Below(Visible);
        return [.. below.Select(static each => Path.GetFileName(each.Path)).Order(StringComparer.Ordinal)];
    }

    /// <summary>How many images lie in a folder itself.</summary>
    internal static int CountLoose(string folder) => FilesIn(folder).Count(IsImage);

    /// <summary>How many files below folders are no images by their names, without a full stop; "" where none are.</summary>
    internal static string Others(IEnumerable<string> folders)
    {
        int others = folders.Sum(static folder => Files(new(folder)).Count(static file => !IsImage(file)));
        return others switch
        {
            0 => "",
            1 => "1 file is passed over, because its name does not end as images' do (.jpg, .png, …)",
            _ => Invariant($"{others} files are passed over, because their names do not end as images' do (.jpg, .png, …)"),
        };
    }

    private static IEnumerable<string> Files(FolderOnTheWay folder) =>
        FilesIn(folder.Path).Concat(folder.Below(Visible).SelectMany(Files));

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", Visible).Where(static file => !Path.GetFileName(file.AsSpan()).StartsWith('.'));
}
