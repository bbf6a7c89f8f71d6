namespace Cupola.Images;

/// <summary>A folder during a recursive enumeration, and the path that led to it, so that links cannot form cycles.</summary>
internal sealed class FolderOnTheWay
{
    /// <summary>The most links that Linux follows in one path.</summary>
    private const int MostLinks = 40;

    private readonly FolderOnTheWay? _above;

    /// <summary>Starts an enumeration at a folder.</summary>
    public FolderOnTheWay(string path)
        : this(path, null, RealPathOf(System.IO.Path.GetFullPath(path)) ?? path, isLink: false) { }

    private FolderOnTheWay(string path, FolderOnTheWay? above, string realPath, bool isLink) =>
        (Path, _above, RealPath, IsLink) = (path, above, realPath, isLink);

    /// <summary>The path by which it was reached.</summary>
    public string Path { get; }

    /// <summary>Its real path, with all links resolved.</summary>
    public string RealPath { get; }

    /// <summary>Whether its name is a link's.</summary>
    public bool IsLink { get; }

    /// <summary>The subfolders that the enumeration continues with.</summary>
    public IEnumerable<FolderOnTheWay> Below(EnumerationOptions options)
    {
        foreach (DirectoryInfo folder in new DirectoryInfo(Path).EnumerateDirectories("*", options))
        {
            bool isLink = folder.LinkTarget is not null;
            string here = System.IO.Path.Combine(RealPath, folder.Name);
            if (
                !folder.Name.StartsWith('.')
                && !ImageFolder.IsOfSystem(folder.Name)
                && (isLink ? RealPathOf(here) : here) is { } realPath
                && !(isLink && LeadsBack(realPath))
            )
            {
                yield return new(System.IO.Path.Combine(Path, folder.Name), this, realPath, isLink);
            }
        }
    }

    /// <summary>Whether a folder is one of this folder's ancestors on the path, or an ancestor of those.</summary>
    private bool LeadsBack(string realPath)
    {
        string below = System.IO.Path.EndsInDirectorySeparator(realPath)
            ? realPath
            : realPath + System.IO.Path.DirectorySeparatorChar;
        for (FolderOnTheWay? folder = this; folder is not null; folder = folder._above)
        {
            if (folder.RealPath == realPath || folder.RealPath.StartsWith(below, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The real path of a folder, with the links in its path resolved; null if a link is broken.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="links">How many links have been replaced.</param>
    private static string? RealPathOf(string path, int links = 0)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(path);
        if (System.IO.Path.GetDirectoryName(path) is not { } above)
        {
            return path;
        }

        if (links > MostLinks || RealPathOf(above, links) is not { } parent)
        {
            return null;
        }

        try
        {
            string realPath = System.IO.Path.Combine(parent, System.IO.Path.GetFileName(path));
            return new DirectoryInfo(realPath).LinkTarget is { } target
                ? RealPathOf(System.IO.Path.GetFullPath(target, parent), links + 1)
                : realPath;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
