using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>
/// A decoded image: bytes [height, width, 3], red, green, blue, without gaps. It owns its memory until it is disposed.
/// </summary>
internal sealed unsafe class RgbImage : IDisposable
{
    /// <summary>Vectors may read so many bytes behind the last pixel.</summary>
    internal const int Overrun = 64;

    private nint _address;

    /// <summary>An image whose bytes are still to be written.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    public RgbImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Width = width;
        Height = height;
        _address = (nint)NativeMemory.Alloc(checked((nuint)(((long)width * height * 3) + Overrun)));
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>What the image's memory is taken from while the library itself holds it; null where it is the caller's.</summary>
    internal ImageMemory.Share? Share { get; set; }

    /// <summary>The bytes in place.</summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return new((void*)_address, Width * Height * 3);
        }
    }

    /// <summary>The first byte; <see cref="Overrun"/> bytes behind the last may be read.</summary>
    internal byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return (byte*)_address;
        }
    }

    /// <summary>The bytes of one row.</summary>
    public Span<byte> Row(int row) => Bytes.Slice(row * Width * 3, Width * 3);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            NativeMemory.Free((void*)address);
        }

        HandOver();
    }

    /// <summary>
    /// Leaves the memory to the caller, who may keep it as long as it pleases; it no longer counts as taken by decoding.
    /// </summary>
    internal RgbImage HandOver()
    {
        Share?.Dispose();
        Share = null;
        return this;
    }
}
