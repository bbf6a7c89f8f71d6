using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Cupola.Checkpoints;

/// <summary>Memory for tensors: a read-only mapped file, or an allocated block. The code that created it disposes it.</summary>
internal sealed unsafe class TensorMemory : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private nint _address;

    private TensorMemory(MemoryMappedFile file, MemoryMappedViewAccessor view, nint address, long byteCount)
    {
        _file = file;
        _view = view;
        _address = address;
        ByteCount = byteCount;
    }

    private TensorMemory(nint address, long byteCount)
    {
        _address = address;
        ByteCount = byteCount;
    }

    public long ByteCount { get; }

    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return _address;
        }
    }

    /// <summary>Maps a complete file, which must not be empty.</summary>
    public static TensorMemory Map(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length == 0)
        {
            throw new InvalidDataException($"{path} is empty.");
        }

        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            stream,
            null,
            0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: false
        );
        try
        {
            MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* address = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
            return new(file, view, (nint)(address + view.PointerOffset), stream.Length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Allocates a block that is not cleared.</summary>
    public static TensorMemory Allocate(long byteCount) =>
        new((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(byteCount, 1), 64), byteCount);

    public Span<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, ByteCount);
        return new((void*)(Address + (nint)offset), length);
    }

    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address == 0)
        {
            return;
        }

        if (_view is null)
        {
            NativeMemory.AlignedFree((void*)address);
            return;
        }

        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }
}
