using System.Formats.Tar;
using Cupola.Files;
using Cupola.Images;
using Microsoft.Win32.SafeHandles;

namespace Cupola.Data;

/// <summary>
/// One walk over the files in a tar archive, from header to header: images stay where they lie, and nothing is unpacked. Where
/// the archive is damaged, the walk ends.
/// </summary>
internal sealed class TarEntries(string archive) : IDisposable
{
    /// <summary>No label or caption is longer.</summary>
    private const int MaximumTextBytes = 1 << 20;

    private FileStream? _stream;
    private TarReader? _reader;
    private TarEntry? _entry;

    /// <summary>Why the walk ended before the archive's end, or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>The entry's name in the archive; it names nothing outside.</summary>
    public string Name => ForeignText.OneLine(SparseName ?? _entry!.Name);

    /// <summary>Whether the entry's holes are left out of the archive (tar --sparse); what lies there is not the file.</summary>
    public bool IsSparse => SparseName is not null;

    private string? SparseName => (_entry as PaxTarEntry)?.ExtendedAttributes.GetValueOrDefault("GNU.sparse.name");

    /// <summary>The entry as an image, which is read from the archive when it is asked for.</summary>
    public ImageSource Image
    {
        get
        {
            string name = $"{archive}/{Name}";
            (long offset, long length) = (_entry!.DataOffset, _entry.Length);
            return new(name, _ => ReadPart(name, offset, length));
        }
    }

    /// <summary>Goes to the next file.</summary>
    /// <returns>False at the end of the archive, and where it is damaged.</returns>
    public bool MoveNext() =>
        Try(() =>
        {
            _stream ??= File.OpenRead(archive);
            if (_reader is null && IsCompressed(_stream))
            {
                Damage = "it is compressed with gzip; unpack it with gunzip, because shards are read where they lie";
                return false;
            }

            _reader ??= new(_stream);
            do
            {
                _entry = _reader.GetNextEntry();
            } while (
                _entry is not null
                && _entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
            );
            return _entry is null || _entry.DataOffset + _entry.Length <= _stream.Length
                ? _entry is not null
                : throw new EndOfStreamException();
        });

    /// <summary>
    /// The entry as text; null where it is none in UTF-8 or as its byte order mark says, or far longer than a label.
    /// </summary>
    public string? ReadText()
    {
        if (_entry!.Length > MaximumTextBytes)
        {
            return null;
        }

        string? text = null;
        Try(() =>
        {
            using MemoryStream bytes = new();
            _entry.DataStream?.CopyTo(bytes);
            text = UnicodeText.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            return true;
        });
        return text;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _stream?.Dispose();
    }

    /// <summary>
    /// System.Formats.Tar answers a hostile header with any of these, InvalidOperationException and OverflowException included.
    /// </summary>
    private bool Try(Func<bool> read)
    {
        try
        {
            return Damage is null && read();
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidDataException
                        or InvalidOperationException
                        or OverflowException
                        or FormatException
                        or ArgumentException
                        or NotSupportedException
            )
        {
            bool isSparse = exception.Message.Contains(nameof(TarEntryType.SparseFile), StringComparison.Ordinal);
            Damage =
                exception is EndOfStreamException ? "it ends too early"
                : isSparse ? "it holds files without their holes; make the archive without --sparse"
                : exception is IOException or UnauthorizedAccessException ? ForeignText.OneLine(exception.Message.TrimEnd('.'))
                : "a header in it is not what tar prescribes";
            return false;
        }
    }

    /// <summary>Whether it is gzip: images are read where they lie, which a compressed archive has no place for.</summary>
    private static bool IsCompressed(FileStream archive)
    {
        Span<byte> start = stackalloc byte[2];
        bool isGzip = archive.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == 2 && start is [0x1f, 0x8b];
        archive.Position = 0;
        return isGzip;
    }

    private byte[] ReadPart(string name, long offset, long length)
    {
        ImageDecoder.CheckLength(name, length);
        using SafeFileHandle handle = File.OpenHandle(archive, options: FileOptions.RandomAccess);
        byte[] bytes = new byte[length];
        for (int read = 0; read < bytes.Length;)
        {
            int count = RandomAccess.Read(handle, bytes.AsSpan(read), offset + read);
            read +=
                count > 0
                    ? count
                    : throw new InvalidDataException($"{name} is cut off: {archive} became shorter while it was read.");
        }

        return bytes;
    }
}
