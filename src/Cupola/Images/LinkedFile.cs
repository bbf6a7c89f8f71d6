using System.Formats.Tar;

namespace Cupola.Images;

/// <summary>What lies behind the links of a path: .NET's sizes and times are those of a link itself.</summary>
internal static class LinkedFile
{
    /// <summary>Where the header of an archive's entry says what the entry is.</summary>
    private const int TypeInHeader = 156;

    /// <summary>The file that a path leads to; a path that leads nowhere is left as it is.</summary>
    public static FileInfo Of(string path)
    {
        FileInfo file = new(path);
        try
        {
            return file.Attributes.HasFlag(FileAttributes.ReparsePoint)
                ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file
                : file;
        }
        catch (IOException)
        {
            // Links that form a cycle, and names that are not UTF-8.
            return file;
        }
    }

    /// <summary>Whether a path leads to a pipe, a socket or a device, which may be read without end.</summary>
    public static bool IsEndless(string path)
    {
        FileInfo file = Of(path);
        if (!file.Exists || file.Length > 0)
        {
            return false;
        }

        // Nothing in .NET tells these from an empty file but the writing of archives, which does not open them.
        try
        {
            using MemoryStream archive = new();
            using (TarWriter writer = new(archive, TarEntryFormat.Gnu, leaveOpen: true))
            {
                writer.WriteEntry(file.FullName, "entry");
            }

            return (TarEntryType)archive.GetBuffer()[TypeInHeader]
                is TarEntryType.Fifo
                    or TarEntryType.CharacterDevice
                    or TarEntryType.BlockDevice;
        }
        catch (IOException)
        {
            // A socket is no part of an archive.
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
