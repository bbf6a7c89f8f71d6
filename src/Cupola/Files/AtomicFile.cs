namespace Cupola.Files;

/// <summary>Writes files that are whole or not there: beside their place first, then moved.</summary>
internal static class AtomicFile
{
    /// <summary>What the name of a file ends in until it is whole.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Writes a file; where writing fails, what stood there before stays.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string unfinished = path + Unfinished;
        try
        {
            using (FileStream stream = File.Create(unfinished))
            {
                write(stream);
                // Else the new name may reach the disk before the bytes do, and a loss of power leaves a file of nothing.
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
