using System.Runtime.InteropServices;
using Cupola.Graphs;

namespace Cupola.Runtime;

/// <summary>
/// A block of numbers with a shape, row-major. It either owns its memory, which <see cref="Dispose"/> frees, or lends memory that
/// someone else keeps alive for as long as the tensor is used; then <see cref="Dispose"/> does nothing to it.
/// </summary>
internal sealed unsafe class Tensor : IDisposable
{
    /// <summary>A cache line, and a whole AVX-512 register.</summary>
    private const nuint Alignment = 64;

    private readonly bool _owned;
    private readonly long _byteCount;
    private nint _address;

    private Tensor(ElementType type, long[] shape, nint address, long byteCount, bool owned)
    {
        Type = type;
        Shape = shape;
        _address = address;
        _byteCount = byteCount;
        _owned = owned;
        // One without elements is no burden, and none can be told of.
        if (owned && byteCount > 0)
        {
            GC.AddMemoryPressure(byteCount);
        }
    }

    public ElementType Type { get; }

    public IReadOnlyList<long> Shape { get; }

    public long ElementCount => _byteCount / Type.ByteSize();

    public long ByteCount => _byteCount;

    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return _address;
        }
    }

    /// <summary>Memory of the tensor's own, not cleared.</summary>
    public static Tensor Allocate(ElementType type, params ReadOnlySpan<long> shape)
    {
        long bytes = Bytes(type, shape);
        return new(
            type,
            shape.ToArray(),
            (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment),
            bytes,
            owned: true
        );
    }

    /// <summary>Memory of the tensor's own that holds these numbers.</summary>
    public static Tensor Of<T>(ElementType type, ReadOnlySpan<T> numbers, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        Tensor tensor = Allocate(type, shape);
        numbers.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>Memory that someone else keeps alive.</summary>
    public static Tensor Borrow(ElementType type, nint address, params ReadOnlySpan<long> shape) =>
        new(type, shape.ToArray(), address, Bytes(type, shape), owned: false);

    /// <summary>
    /// Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> of the first axis, lent.
    /// </summary>
    public Tensor Rows(long start, long count)
    {
        long rowBytes = Shape[0] == 0 ? 0 : _byteCount / Shape[0];
        return Borrow(Type, Address + (nint)(start * rowBytes), [count, .. Shape.Skip(1)]);
    }

    /// <summary>The numbers in place.</summary>
    public Span<T> AsSpan<T>()
        where T : unmanaged => new((void*)Address, checked((int)(_byteCount / sizeof(T))));

    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (_owned && address != 0)
        {
            NativeMemory.AlignedFree((void*)address);
            if (_byteCount > 0)
            {
                GC.RemoveMemoryPressure(_byteCount);
            }
        }
    }

    /// <summary>What a tensor of a shape takes.</summary>
    public static long Bytes(ElementType type, ReadOnlySpan<long> shape)
    {
        long bytes = type.ByteSize();
        foreach (long extent in shape)
        {
            bytes = checked(bytes * extent);
        }

        return bytes;
    }
}
