using System.Globalization;

namespace Cupola.Retrieval;

/// <summary>What an image must be, whatever is in it.</summary>
internal sealed class ImageFilter(SearchQuery query)
{
    private readonly string? _folder = query.Folder is { } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Whether an image is as the query wants it.</summary>
    public bool Matches(KnownFile file) =>
        (_folder is not { } folder || IsBelow(file.Path, folder))
        && (query.Camera is not { } camera || file.Metadata.Camera?.Contains(camera, StringComparison.OrdinalIgnoreCase) == true)
        && (query.After is not { } after || (TakenAt(file) is { } taken && taken >= after))
        && (query.Before is not { } before || (TakenAt(file) is { } at && at < before));

    /// <summary>When an image was taken, in the camera's time; null where it does not say.</summary>
    public static DateTime? TakenAt(KnownFile file) =>
        file.Metadata.Taken is { } taken ? DateTime.ParseExact(taken, "s", CultureInfo.InvariantCulture) : null;

    private static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(
            Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );
}
