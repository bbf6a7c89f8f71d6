using System.Formats.Tar;
using Cupola.Files;
using Cupola.Images;
using Microsoft.Win32.SafeHandles;

namespace Cupola.Data;

/// <summary>
/// Enumerates the files of a tar archive, from header to header, without unpacking: images are read from the archive. The
/// enumeration ends where the archive is damaged.
/// </summary>
internal sealed class TarEntries(string archive) : IDisposable
{
    /// <summary>The longest text; no label or caption is longer.</summary>
    private const int MaximumTextBytes = 1 << 20;

    private FileStream? _stream;
    private TarReader? _reader;
    private TarEntry? _entry;

    /// <summary>Why the enumeration ended before the archive's end, or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>The entry's name in the archive; it never refers to a file outside.</summary>
    public string Name => ForeignText.OneLine(SparseName ?? _entry!.Name);

    /// <summary>
    /// Whether the archive omits the entry's holes (tar --sparse); the stored bytes are then not those of the file.
    /// </summary>
    public bool IsSparse => SparseName is not null;

    private string? SparseName => (_entry as PaxTarEntry)?.ExtendedAttributes.GetValueOrDefault("GNU.sparse.name");

    /// <summary>The entry as an image source, which reads from the archive on request.</summary>
    public ImageSource Image
    {
        get
        {
            string name = $"{archive}/{Name}";
            (long offset, long length) = (_entry!.DataOffset, _entry.Length);
            return new(name, _ => ReadPart(name, offset, length));
        }
    }

    /// <summary>Moves to the next file.</summary>
    /// <returns>False at the end of the archive or at damage.</returns>
    public bool MoveNext() =>
        Try(() =>
        {
            _stream ??= File.OpenRead(archive);
            if (_reader is null && IsCompressed(_stream))
            {
                Damage = "it is compressed with gzip; unpack it with gunzip, because shards are read without unpacking";
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
    /// The entry as text; null if it is not UTF-8 or in the encoding of its byte order mark, or if it is far longer than a label.
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
    /// System.Formats.Tar throws any of these on a hostile header, including InvalidOperationException and OverflowException.
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
                : "one of its headers is not valid";
            return false;
        }
    }

    /// <summary>Whether it is gzip; a compressed archive does not allow access to single images.</summary>
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
