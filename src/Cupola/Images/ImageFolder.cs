using static System.FormattableString;

namespace Cupola.Images;

/// <summary>Enumerates the images below a folder.</summary>
internal static class ImageFolder
{
    /// <summary>Raw photos, which cameras often store beside a JPEG of the same name.</summary>
    private static readonly HashSet<string> RawExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".cr2",
        ".nef",
        ".nrw",
        ".arw",
        ".dng",
        ".pef",
        ".srw",
        ".cr3",
        ".raf",
        ".rw2",
        ".orf",
    };

    /// <summary>
    /// The formats that <see cref="ImageDecoder"/> reads, and some that it does not (HEIC, JPEG 2000, other raw photos), so
    /// that each such image is reported rather than ignored.
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
    /// Folders that macOS, Windows, Linux and network storage (Synology, QNAP) create; their files are not the user's.
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

    /// <summary>Whether a file counts as an image in a folder or an archive, by its name alone.</summary>
    /// <param name="name">A path or file name; its extension counts, in upper or lower case.</param>
    public static bool IsImage(string name) =>
        Extensions.Contains(Path.GetExtension(name)) || RawExtensions.Contains(Path.GetExtension(name));

    /// <summary>
    /// All images below a folder, at any depth, in the ordinal order of their paths. Hidden files and folders are skipped, and so
    /// are system folders, and raw photos beside a JPEG of the same name. A link to a folder is followed, unless it
    /// leads back to a folder on the path to it; a folder that several ways lead to counts once, by the way without links if
    /// there is one. Pipes, sockets and devices are skipped, and folders that may not be read. A folder whose name is not UTF-8
    /// or whose path is too long cannot be opened: its own path stands for what is in it, so that it is told as a broken image.
    /// </summary>
    /// <param name="folder">The folder; the paths begin with it, as given.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> Enumerate(string folder) =>
        [
            .. WithoutRawTwins([
                .. Walk(folder)
                    .SelectMany(static found =>
                        found.IsClosed
                            ? [found.Folder]
                            : found.Files.Where(IsImage).Where(static file => !LinkedFile.IsEndless(file))
                    )
                    .Order(StringComparer.Ordinal),
            ]),
        ];

    /// <summary>Whether a folder has the name of a system folder.</summary>
    internal static bool IsOfSystem(string name) => SystemFolders.Contains(name);

    /// <summary>The subfolders that count, in ordinal order.</summary>
    internal static IReadOnlyList<string> Folders(string folder)
    {
        IEnumerable<FolderOnTheWay> below = new FolderOnTheWay(folder).Below(Visible);
        return [.. below.Select(static each => Path.GetFileName(each.Path)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The number of images directly in a folder.</summary>
    internal static int CountLoose(string folder) => FilesIn(folder).Count(IsImage);

    /// <summary>How many files below folders are not images by their names, as a clause; "" if there are none.</summary>
    internal static string Others(IEnumerable<string> folders)
    {
        int others = folders.Sum(static folder =>
            Walk(folder).Sum(static found => found.Files.Count(static file => !IsImage(file)))
        );
        return others switch
        {
            0 => "",
            1 => "1 file is skipped, because its name does not end as images' do (.jpg, .png, …)",
            _ => Invariant($"{others} files are skipped, because their names do not end as images' do (.jpg, .png, …)"),
        };
    }

    /// <summary>Leaves out raw photos beside a JPEG of the same name: they are the same photo.</summary>
    private static IEnumerable<string> WithoutRawTwins(string[] images)
    {
        HashSet<string> jpegs =
        [
            .. images
                .Where(static image => Path.GetExtension(image).ToUpperInvariant() is ".JPG" or ".JPEG")
                .Select(static image => Path.ChangeExtension(image, null)),
        ];
        return images.Where(image =>
            !RawExtensions.Contains(Path.GetExtension(image)) || !jpegs.Contains(Path.ChangeExtension(image, null))
        );
    }

    /// <summary>
    /// A folder and all below it, each real folder once: those that no link leads to first, then what links lead to, in the order
    /// in which the links were met.
    /// </summary>
    private static IEnumerable<WalkedFolder> Walk(string root)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<FolderOnTheWay> here = new([new(root)]);
        Queue<FolderOnTheWay> links = [];
        while (here.TryPop(out FolderOnTheWay? folder) || links.TryDequeue(out folder))
        {
            if (!seen.Add(folder.RealPath))
            {
                continue;
            }

            WalkedFolder? found = Open(folder, isRoot: folder.Path == root);
            if (found is null)
            {
                continue;
            }

            foreach (FolderOnTheWay below in found.Folders.Where(static below => below.IsLink))
            {
                links.Enqueue(below);
            }

            foreach (FolderOnTheWay below in found.Folders.Where(static below => !below.IsLink).Reverse())
            {
                here.Push(below);
            }

            yield return found;
        }
    }

    /// <summary>What lies directly in a folder; null where it went away during the walk.</summary>
    private static WalkedFolder? Open(FolderOnTheWay folder, bool isRoot)
    {
        try
        {
            return new(
                folder.Path,
                [.. FilesIn(folder.Path)],
                [.. folder.Below(Visible).OrderBy(static below => below.Path, StringComparer.Ordinal)]
            );
        }
        catch (DirectoryNotFoundException) when (!isRoot)
        {
            // .NET reads a byte that is not UTF-8 as U+FFFD, and finds nothing by that name.
            return folder.Path.Contains('\uFFFD', StringComparison.Ordinal) ? new(folder.Path, [], []) { IsClosed = true } : null;
        }
        catch (PathTooLongException) when (!isRoot)
        {
            return new(folder.Path, [], []) { IsClosed = true };
        }
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", Visible).Where(static file => !Path.GetFileName(file.AsSpan()).StartsWith('.'));

    /// <summary>A folder of a walk.</summary>
    /// <param name="Folder">Its path.</param>
    /// <param name="Files">The files directly in it.</param>
    /// <param name="Folders">The folders directly in it.</param>
    private sealed record WalkedFolder(string Folder, IReadOnlyList<string> Files, IReadOnlyList<FolderOnTheWay> Folders)
    {
        /// <summary>Whether it is there and cannot be opened.</summary>
        public bool IsClosed { get; init; }
    }
}
