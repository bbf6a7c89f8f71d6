using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>
/// A decoded image: bytes [height, width, 3], red, green, blue, without gaps. It owns its memory until it is disposed.
/// </summary>
internal sealed unsafe class RgbImage : IDisposable
{
    /// <summary>The number of bytes that vectors may read past the last pixel.</summary>
    internal const int Overrun = 64;

    private nint _address;

    /// <summary>Creates an image whose bytes are not initialized.</summary>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    public RgbImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Width = width;
        Height = height;
        _address = (nint)NativeMemory.Alloc(checked((nuint)(((long)width * height * 3) + Overrun)));
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The share of the memory budget while the library holds the image; null once it is the caller's.</summary>
    internal ImageMemory.Share? Share { get; set; }

    /// <summary>The bytes, without a copy.</summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return new((void*)_address, Width * Height * 3);
        }
    }

    /// <summary>The first byte; <see cref="Overrun"/> bytes past the last may be read.</summary>
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

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            NativeMemory.Free((void*)address);
        }

        HandOver();
    }

    /// <summary>Gives the image to the caller, for any length of time; its memory leaves the decoding budget.</summary>
    internal RgbImage HandOver()
    {
        Share?.Dispose();
        Share = null;
        return this;
    }
}
