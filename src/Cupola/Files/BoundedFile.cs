namespace Cupola.Files;

/// <summary>Reads whole files that somebody else wrote, in bounded memory.</summary>
internal static class BoundedFile
{
    /// <summary>
    /// The bytes of a file, or null where there are more than allowed. A pipe, as the shell's <c>&lt;(command)</c> is one, has no
    /// length: there what counts is what arrives.
    /// </summary>
    public static ReadOnlyMemory<byte>? Read(string path, long most)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.CanSeek && stream.Length > most)
        {
            return null;
        }

        MemoryStream bytes = new(stream.CanSeek ? (int)stream.Length : 0);
        byte[] buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and int count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > most)
            {
                return null;
            }
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
