using System.Formats.Tar;
using System.Text;

namespace Cupola.Tests.Data;

/// <summary>Writes tar shards for tests.</summary>
internal static class Shard
{
    /// <summary>A shard with these entries, in order.</summary>
    public static string Write(string path, params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using FileStream stream = File.Create(path);
        using TarWriter tar = new(stream, TarEntryFormat.Ustar);
        foreach ((string name, byte[] content) in entries)
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return path;
    }

    /// <summary>An entry whose content is text.</summary>
    public static (string Name, byte[] Content) Entry(string name, string content) => (name, Encoding.UTF8.GetBytes(content));
}
