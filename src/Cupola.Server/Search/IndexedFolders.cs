using Cupola.Images;

namespace Cupola.Server.Search;

/// <summary>The folders of an index once all links are followed: a file is looked for there, and nowhere else.</summary>
/// <param name="roots">Their paths in the index.</param>
internal sealed class IndexedFolders(IReadOnlyList<string> roots)
{
    private readonly string[] _folders = [.. roots.Select(Follow).OfType<string>()];

    /// <summary>Where an image's file really is; null where it is no file any more, or lies outside the folders.</summary>
    /// <param name="path">Its path in the index.</param>
    public string? Locate(string path)
    {
        if (Follow(path) is not { } real || !Array.Exists(_folders, folder => RealPath.IsBelow(real, folder)))
        {
            return null;
        }

        // A pipe or a device has no length, and opening it might take for ever.
        return new FileInfo(real) is { Exists: true, Length: > 0 } ? real : null;
    }

    private static string? Follow(string path)
    {
        try
        {
            return RealPath.Find(path);
        }
        catch (Exception problem) when (ImageReader.IsBroken(problem))
        {
            return null;
        }
    }
}
