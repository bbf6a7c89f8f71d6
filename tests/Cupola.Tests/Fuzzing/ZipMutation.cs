using System.IO.Compression;
using System.Text;

namespace Cupola.Tests.Fuzzing;

/// <summary>
/// Changes within an archive that PyTorch saved: its pickle, an entry's name, an entry twice or missing; the archive around it
/// stays whole.
/// </summary>
internal static class ZipMutation
{
    /// <summary>Pieces of the pickle language, whole and cut.</summary>
    private static readonly string[] Opcodes =
    [
        "(",
        "t",
        "l",
        "d",
        "}",
        "]",
        ")",
        "u",
        "s",
        "a",
        "e",
        "0",
        "1",
        "2",
        "R",
        "b",
        "\u0081",
        "\u0082\u0001",
        "q\0",
        "h\0",
        "h\u00ff",
        "Q",
        "P1\n",
        "N",
        "\u0088",
        "K\u00ff",
        "J\u00ff\u00ff\u00ff\u007f",
        "M\u00ff\u00ff",
        "\u008a\u0001\u0000",
        "\u008a\u00ff",
        "\u008b\u00ff\u00ff\u00ff\u007f",
        "G\u007f\u00f0\0\0\0\0\0\0",
        "X\u0003\0\0\0abc",
        "X\u00ff\u00ff\u00ff\u007f",
        "\u008c\u00ff",
        "\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
        "cos\nsystem\n",
        "cbuiltins\neval\n",
        "ctorch._utils\n_rebuild_tensor_v2\n",
        "ccollections\nOrderedDict\n",
        "ctorch\nHalfStorage\n",
        "cnumpy.core.multiarray\nscalar\n",
        "\u0093",
        "\u0094",
        ".",
        "I99999999999999999999\n",
        "L99999999999999999999L\n",
        "F1e999\n",
        "\u008f",
        "\u0090",
        "\u0091",
        "\u0092",
        "\u0098",
        "B\u00ff\u00ff\u00ff\u007f",
        "C\u00ff",
    ];

    public static byte[] Change(byte[] bytes, Random random)
    {
        if (Read(bytes) is not { Count: > 0 } entries)
        {
            return ByteMutation.Change(bytes, bytes, random);
        }

        int pickle = entries.FindIndex(static entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal));
        int chosen = random.Next(2) == 0 && pickle >= 0 ? pickle : random.Next(entries.Count);
        (string name, byte[] content) = entries[chosen];
        switch (random.Next(8))
        {
            case 0:
                entries.RemoveAt(chosen);
                break;
            case 1:
                entries.Add((name, ByteMutation.Change(content, bytes, random)));
                break;
            case 2:
                byte[] changed = TextMutation.Change(Encoding.UTF8.GetBytes(name), bytes, random);
                entries[chosen] = (Encoding.Latin1.GetString(changed), content);
                break;
            default:
                entries[chosen] = (name, ChangePickle(content, random));
                break;
        }

        return Write(entries);
    }

    /// <summary>A pickle on its own, as the older format has five of.</summary>
    public static byte[] ChangePickle(byte[] content, Random random)
    {
        int place = random.Next(content.Length + 1);
        byte[] piece = Encoding.Latin1.GetBytes(Opcodes[random.Next(Opcodes.Length)]);
        return random.Next(3) switch
        {
            0 => [.. content[..place], .. piece, .. content[place..]],
            1 => [.. content[..place], .. ByteMutation.Repeated(piece, 1 << random.Next(12)), .. content[place..]],
            _ => ByteMutation.Change(content, content, random),
        };
    }

    private static List<(string Name, byte[] Content)>? Read(byte[] bytes)
    {
        try
        {
            using ZipArchive archive = new(new MemoryStream(bytes));
            List<(string Name, byte[] Content)> entries = [];
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                using MemoryStream content = new();
                using Stream stream = entry.Open();
                stream.CopyTo(content);
                entries.Add((entry.FullName, content.ToArray()));
            }

            return entries;
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or InvalidDataException
                        or NotSupportedException
                        or ArgumentException
                        or OverflowException
            )
        {
            return null;
        }
    }

    private static byte[] Write(List<(string Name, byte[] Content)> entries)
    {
        using MemoryStream bytes = new();
        using (ZipArchive archive = new(bytes, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in entries)
            {
                string written = name.Length is 0 or > 1000 ? "x" : name;
                using Stream stream = archive.CreateEntry(written, CompressionLevel.NoCompression).Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
