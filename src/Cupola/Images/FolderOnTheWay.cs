namespace Cupola.Images;

/// <summary>A folder that is being walked through, and the way that led to it, so that links lead in no circles.</summary>
internal sealed class FolderOnTheWay
{
    /// <summary>As many as Linux follows in one path.</summary>
    private const int MostLinks = 40;

    private readonly FolderOnTheWay? _above;

    /// <summary>Where it really lies, whatever links lead to it.</summary>
    private readonly string _place;

    /// <summary>Where a walk begins.</summary>
    public FolderOnTheWay(string path)
        : this(path, null, PlaceOf(System.IO.Path.GetFullPath(path)) ?? path) { }

    private FolderOnTheWay(string path, FolderOnTheWay? above, string place) => (Path, _above, _place) = (path, above, place);

    /// <summary>The path by which it was reached.</summary>
    public string Path { get; }

    /// <summary>The folders in it that a walk goes on to.</summary>
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

    /// <summary>Whether a folder is on the way to this one, or above a folder on the way.</summary>
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

    /// <summary>Where a folder really lies, links in its path replaced by what they lead to; null for nowhere.</summary>
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
