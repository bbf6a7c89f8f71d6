using System.Formats.Tar;
using System.Text;
using Cupola.Images;
using Cupola.Text;
using Microsoft.Win32.SafeHandles;

namespace Cupola.Data;

/// <summary>One walk over the files in a tar archive, from header to header: pictures stay where they lie, and nothing is unpacked. Where the archive is damaged, the walk ends.</summary>
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
    public string Name => TextFile.OneLine(_entry!.Name);

    /// <summary>The entry as a picture, which is read from the archive when it is asked for.</summary>
    public PictureSource Picture
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
    public bool MoveNext() => Try(() =>
    {
        _stream ??= File.OpenRead(archive);
        _reader ??= new(_stream);
        do
        {
            _entry = _reader.GetNextEntry();
        }
        while (_entry is not null and not { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile });
        return _entry is null || _entry.DataOffset + _entry.Length <= _stream.Length
            ? _entry is not null
            : throw new EndOfStreamException();
    });

    /// <summary>The entry as text in UTF-8; null where it is none, or far longer than a label.</summary>
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
            try
            {
                text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
            }
            catch (DecoderFallbackException)
            {
                text = null;
            }

            return true;
        });
        return text;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _stream?.Dispose();
    }

    /// <summary>System.Formats.Tar answers a hostile header with any of these, InvalidOperationException and OverflowException included.</summary>
    private bool Try(Func<bool> read)
    {
        try
        {
            return Damage is null && read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or OverflowException or FormatException
            or ArgumentException or NotSupportedException)
        {
            Damage = exception is EndOfStreamException ? "it ends too early" : exception.Message.TrimEnd('.');
            return false;
        }
    }

    private byte[] ReadPart(string name, long offset, long length)
    {
        ImageDecoder.CheckLength(name, length);
        using SafeFileHandle handle = File.OpenHandle(archive, options: FileOptions.RandomAccess);
        byte[] bytes = new byte[length];
        for (int read = 0; read < bytes.Length;)
        {
            int count = RandomAccess.Read(handle, bytes.AsSpan(read), offset + read);
            read += count > 0 ? count : throw new InvalidDataException($"{name} is cut off: {archive} became shorter while it was read.");
        }

        return bytes;
    }
}
