namespace Cupola.Embedding.Shards;

/// <summary>The images that lists and tables name by paths relative to themselves.</summary>
internal static class ImagesOfLists
{
    /// <summary>
    /// Whether two lists of the same content, in two folders, name different images: beside both there is an image of the same
    /// name, and these do not have the same bytes. Where nothing lies beside the one any more, it was moved.
    /// </summary>
    /// <param name="list">A list's path.</param>
    /// <param name="images">Its images.</param>
    /// <param name="other">The path of a list of the same content.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    public static bool Differ(string list, IEnumerable<string> images, string other, CancellationToken cancellationToken)
    {
        string folder = $"{Path.GetDirectoryName(list)}{Path.DirectorySeparatorChar}",
            otherFolder = Path.GetDirectoryName(Path.GetFullPath(other))!;
        bool isRead = false;
        foreach (string image in images.Where(image => image.StartsWith(folder, StringComparison.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string same = Path.Join(otherFolder, image[folder.Length..]);
            if (!File.Exists(image) || !File.Exists(same))
            {
                continue;
            }

            // Of pairs of one length the first is read: to read all of them would cost as much as to embed them again.
            if (Length(image) != Length(same) || (!isRead && Hash(image) != Hash(same)))
            {
                return true;
            }

            isRead = true;
        }

        return false;

        FileContent Hash(string path) => FileContent.Read(path, cancellationToken);
    }

    private static long Length(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        return RandomAccess.GetLength(file);
    }
}
