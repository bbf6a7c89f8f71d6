namespace Cupola.Files;

/// <summary>Writes files atomically: under a temporary name in the same folder first, then moved.</summary>
internal static class AtomicFile
{
    /// <summary>The suffix of a file's name until it is complete.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Writes a file; if writing fails, an existing file stays unchanged. What a killed process left goes.</summary>
    public static void Write(string path, Action<Stream> write) => Write(path, path + Unfinished, write);

    /// <summary>
    /// Writes a file that others may write at the same moment: each under a temporary name of its own, and the last one counts.
    /// </summary>
    public static void WriteAmongOthers(string path, Action<Stream> write) =>
        Write(path, $"{path}.{Guid.NewGuid():N}{Unfinished}", write);

    private static void Write(string path, string unfinished, Action<Stream> write)
    {
        try
        {
            using (FileStream stream = File.Create(unfinished))
            {
                write(stream);
                // Otherwise the new name may reach the disk before the bytes, and a loss of power would leave an empty file.
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
