namespace Cupola.Server.Search;

/// <summary>Paths with all links followed, those of folders on the way too.</summary>
internal static class RealPath
{
    /// <summary>Links that are followed on one path, as in Linux.</summary>
    private const int MostLinks = 40;

    /// <summary>The path without links.</summary>
    /// <exception cref="IOException">There are too many links, as in a circle.</exception>
    public static string Find(string path)
    {
        int links = 0;
        return Find(Path.GetFullPath(path), ref links);
    }

    /// <summary>Whether a path without links is a folder, or lies below it.</summary>
    public static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(
            Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    private static string Find(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        string here = Path.Combine(Find(parent, ref links), Path.GetFileName(path));
        if (new FileInfo(here).LinkTarget is not { } target)
        {
            return here;
        }

        return ++links > MostLinks
            ? throw new IOException($"{path} is a link that leads in a circle.")
            : Find(Path.GetFullPath(target, Path.GetDirectoryName(here)!), ref links);
    }
}
