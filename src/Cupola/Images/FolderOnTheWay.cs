namespace Cupola.Images;

/// <summary>A folder during a recursive enumeration, and the path that led to it, so that links cannot form cycles.</summary>
internal sealed class FolderOnTheWay
{
    /// <summary>The most links that Linux follows in one path.</summary>
    private const int MostLinks = 40;

    private readonly FolderOnTheWay? _above;

    /// <summary>Its real path, with all links resolved.</summary>
    private readonly string _place;

    /// <summary>Starts an enumeration at a folder.</summary>
    public FolderOnTheWay(string path)
        : this(path, null, PlaceOf(System.IO.Path.GetFullPath(path)) ?? path) { }

    private FolderOnTheWay(string path, FolderOnTheWay? above, string place) => (Path, _above, _place) = (path, above, place);

    /// <summary>The path by which it was reached.</summary>
    public string Path { get; }

    /// <summary>The subfolders that the enumeration continues with.</summary>
    public IEnumerable<FolderOnTheWay> Below(EnumerationOptions options)
    {
        foreach (DirectoryInfo folder in new DirectoryInfo(Path).EnumerateDirectories("*", options))
        {
            bool isLink = folder.LinkTarget is not null;
            string here = System.IO.Path.Combine(_place, folder.Name);
            if (
                !folder.Name.StartsWith('.')
                && !ImageFolder.IsOfSystem(folder.Name)
                && (isLink ? PlaceOf(here) : here) is { } place
                && !(isLink && LeadsBack(place))
            )
            {
                yield return new(System.IO.Path.Combine(Path, folder.Name), this, place);
            }
        }
    }

    /// <summary>Whether a folder is one of this folder's ancestors on the path, or an ancestor of those.</summary>
    private bool LeadsBack(string place)
    {
        string below = System.IO.Path.EndsInDirectorySeparator(place) ? place : place + System.IO.Path.DirectorySeparatorChar;
        for (FolderOnTheWay? folder = this; folder is not null; folder = folder._above)
        {
            if (folder._place == place || folder._place.StartsWith(below, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The real path of a folder, with the links in its path resolved; null if a link is broken.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="links">How many links have been replaced.</param>
    private static string? PlaceOf(string path, int links = 0)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(path);
        if (System.IO.Path.GetDirectoryName(path) is not { } above)
        {
            return path;
        }

        if (links > MostLinks || PlaceOf(above, links) is not { } parent)
        {
            return null;
        }

        try
        {
            string place = System.IO.Path.Combine(parent, System.IO.Path.GetFileName(path));
            return new DirectoryInfo(place).LinkTarget is { } target
                ? PlaceOf(System.IO.Path.GetFullPath(target, parent), links + 1)
                : place;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
