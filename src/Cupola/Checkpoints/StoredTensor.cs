using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Cupola.Graphs;
using static System.FormattableString;

namespace Cupola.Checkpoints;

/// <summary>
/// A tensor as it lies in a file: row-major, little-endian, contiguous. Its memory belongs to the file (or the checkpoint)
/// that gave it and may be read until that is disposed.
/// </summary>
internal sealed unsafe class StoredTensor
{
    private readonly TensorMemory _memory;
    private readonly long _offset;

    internal StoredTensor(string name, ElementType type, IReadOnlyList<long> shape, TensorMemory memory, long offset)
    {
        Name = name;
        Type = type;
        Shape = shape;
        _memory = memory;
        _offset = offset;
        ElementCount = shape.Aggregate(1L, static (product, extent) => checked(product * extent));
        ByteCount = checked(ElementCount * type.ByteSize());
    }

    /// <summary>The name it has in its file.</summary>
    public string Name { get; }

    /// <summary>What one number is.</summary>
    public ElementType Type { get; }

    /// <summary>The extents, outermost first; none for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many numbers there are.</summary>
    public long ElementCount { get; }

    /// <summary>How many bytes they take.</summary>
    public long ByteCount { get; }

    /// <summary>The first byte. A file may place it anywhere: see <see cref="IsAligned"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    internal nint Address => _memory.Address + (nint)_offset;

    /// <summary>Whether the first byte lies at a multiple of the element size.</summary>
    internal bool IsAligned => Address % Type.ByteSize() == 0;

    /// <summary>The numbers as float32, exactly where float32 can hold them.</summary>
    /// <param name="destination">As many as <see cref="ElementCount"/>.</param>
    /// <exception cref="InvalidDataException">The tensor holds integers.</exception>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public void CopyTo(Span<float> destination)
    {
        switch (Type)
        {
            case ElementType.Float32:
                Bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(Read<Half>(), destination);
                break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> upperHalves = Read<ushort>();
                for (int index = 0; index < upperHalves.Length; index++)
                {
                    destination[index] = BitConverter.UInt32BitsToSingle((uint)upperHalves[index] << 16);
                }

                break;
            case ElementType.Float64:
                TensorPrimitives.ConvertTruncating(Read<double>(), destination);
                break;
            default:
                throw new InvalidDataException($"Tensor '{Name}' holds {Type}, where real numbers are needed.");
        }
    }

    /// <summary>The numbers in a type of their own size, copied.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => Read<T>().ToArray();

    /// <summary>The bytes in place.</summary>
    internal ReadOnlySpan<byte> Bytes =>
        ByteCount <= int.MaxValue
            ? new((void*)Address, (int)ByteCount)
            : throw new InvalidDataException(
                Invariant($"Tensor '{Name}' has {ByteCount} bytes; more than 2 GB in one tensor are not read.")
            );

    /// <summary>The same numbers under another name and, if given, as a part of the first axis.</summary>
    internal StoredTensor As(string name, long start, long count) =>
        new(name, Type, [count, .. Shape.Skip(1)], _memory, _offset + (Shape[0] == 0 ? 0 : start * (ByteCount / Shape[0])));

    /// <summary>The same numbers in another shape of as many.</summary>
    internal StoredTensor WithShape(IReadOnlyList<long> shape) => new(Name, Type, shape, _memory, _offset);

    /// <summary>Whether both hold the same numbers in the same shape.</summary>
    internal bool IsSameAs(StoredTensor other) =>
        Type == other.Type && Shape.SequenceEqual(other.Shape) && Bytes.SequenceEqual(other.Bytes);

    private ReadOnlySpan<T> Read<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);
}
