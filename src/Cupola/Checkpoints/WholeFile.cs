namespace Cupola.Checkpoints;

/// <summary>Writes files that are whole or not there: beside their place first, then moved.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file; where writing fails, what stood there before stays.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string unfinished = path + ".unfinished";
        try
        {
            using (FileStream stream = File.Create(unfinished))
            {
                write(stream);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
