using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Cupola.Graphs;
using static System.FormattableString;

namespace Cupola.Checkpoints;

/// <summary>
/// A tensor in a file: row-major, little-endian, contiguous. Its memory belongs to the file (or the checkpoint) that returned it
/// and may be read until that is disposed.
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

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public ElementType Type { get; }

    /// <summary>The extents, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>The size in bytes.</summary>
    public long ByteCount { get; }

    /// <summary>The address of the first byte, which may not be aligned: see <see cref="IsAligned"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    internal nint Address => _memory.Address + (nint)_offset;

    /// <summary>Whether the address is a multiple of the element size.</summary>
    internal bool IsAligned => Address % Type.ByteSize() == 0;

    /// <summary>Copies the elements as float32, exactly where float32 can represent them.</summary>
    /// <param name="destination">A span of <see cref="ElementCount"/> elements.</param>
    /// <exception cref="InvalidDataException">The tensor has an integer type.</exception>
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
                throw new InvalidDataException($"Tensor '{Name}' has the type {Type}, where real numbers are needed.");
        }
    }

    /// <summary>Copies the elements to an array of a type of the same size.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => Read<T>().ToArray();

    /// <summary>The bytes, without a copy.</summary>
    internal ReadOnlySpan<byte> Bytes =>
        ByteCount <= int.MaxValue
            ? new((void*)Address, (int)ByteCount)
            : throw new InvalidDataException(
                Invariant($"Tensor '{Name}' has {ByteCount} bytes; tensors of more than 2 GB are not supported.")
            );

    /// <summary>The same elements under another name, or a range of the first axis.</summary>
    internal StoredTensor As(string name, long start, long count) =>
        new(name, Type, [count, .. Shape.Skip(1)], _memory, _offset + (Shape[0] == 0 ? 0 : start * (ByteCount / Shape[0])));

    /// <summary>The same elements in another shape of the same size.</summary>
    internal StoredTensor WithShape(IReadOnlyList<long> shape) => new(Name, Type, shape, _memory, _offset);

    /// <summary>Whether both have the same numbers in the same shape.</summary>
    internal bool IsSameAs(StoredTensor other) =>
        Type == other.Type && Shape.SequenceEqual(other.Shape) && Bytes.SequenceEqual(other.Bytes);

    private ReadOnlySpan<T> Read<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);
}
