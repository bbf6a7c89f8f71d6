using System.Numerics;
using Cupola.Graphs;

namespace Cupola.Runtime;

/// <summary>
/// Memory that the tensors of one piece of work leave to those of the next. Memory that is new from the system has to be cleared
/// page by page, which takes longer than many an operator; and the pieces of a training step are about as large as those of the
/// step before.
/// </summary>
internal sealed class TensorPool : IDisposable
{
    /// <summary>A cache line.</summary>
    private const long Alignment = 64;

    private readonly Lock _lock = new();
    private readonly List<Tensor> _free = [];
    private long _used;
    private long _mostUsed;

    /// <summary>What the pool has from the system, used or free.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_lock)
            {
                return _used + _free.Sum(static block => block.ByteCount);
            }
        }
    }

    /// <summary>Float32 tensors side by side, not cleared.</summary>
    public TensorBlock Allocate(IReadOnlyList<long[]> shapes)
    {
        var starts = new long[shapes.Count];
        long bytes = 0;
        foreach ((int index, long[] shape) in shapes.Index())
        {
            starts[index] = bytes;
            bytes += (Tensor.Bytes(ElementType.Float32, shape) + Alignment - 1) / Alignment * Alignment;
        }

        Tensor memory = Take(Rounded(bytes));
        return new(
            memory,
            [.. shapes.Select((shape, index) => Tensor.Borrow(ElementType.Float32, memory.Address + (nint)starts[index], shape))],
            () => GiveBack(memory)
        );
    }

    /// <summary>Frees what lies unused; a block still in use is freed when it comes back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _mostUsed = 0;
            Shrink();
        }
    }

    /// <summary>Up to the next eighth of a power of two, so that blocks of about one size stand in for each other.</summary>
    private static long Rounded(long bytes)
    {
        long step = Math.Max(Alignment, (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 1)) / 8);
        return Math.Max(1, (bytes + step - 1) / step) * step;
    }

    private Tensor Take(long bytes)
    {
        lock (_lock)
        {
            Tensor? block = _free
                .Where(block => block.ByteCount >= bytes && block.ByteCount <= 2 * bytes)
                .MinBy(static block => block.ByteCount);
            _used += block?.ByteCount ?? bytes;
            _mostUsed = Math.Max(_mostUsed, _used);
            if (block is not null)
            {
                _free.Remove(block);
                return block;
            }

            Shrink();
        }

        return Tensor.Allocate(ElementType.UInt8, bytes);
    }

    private void GiveBack(Tensor block)
    {
        lock (_lock)
        {
            _used -= block.ByteCount;
            _free.Add(block);
            Shrink();
        }
    }

    /// <summary>
    /// Frees blocks, those too small to be of use first, until no more is held than was ever used at once, and a quarter.
    /// </summary>
    private void Shrink()
    {
        long held = _used + _free.Sum(static block => block.ByteCount);
        while (held > _mostUsed + (_mostUsed / 4) && _free.MinBy(static block => block.ByteCount) is { } smallest)
        {
            held -= smallest.ByteCount;
            _free.Remove(smallest);
            smallest.Dispose();
        }
    }
}

/// <summary>Tensors side by side in one piece of memory, which goes back to its pool when they are disposed.</summary>
internal sealed class TensorBlock(Tensor memory, IReadOnlyList<Tensor> tensors, Action giveBack) : IDisposable
{
    private int _disposed;

    /// <summary>Lent from the block.</summary>
    public IReadOnlyList<Tensor> Tensors { get; } = tensors;

    /// <summary>What the block takes.</summary>
    public long ByteCount => memory.ByteCount;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            giveBack();
        }
    }
}
