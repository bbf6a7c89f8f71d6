using Cupola.Runtime;

namespace Cupola.Tests.Runtime;

/// <summary>Memory that tensors leave to those after them.</summary>
public sealed class TensorPoolTests
{
    [Fact]
    public void TensorsOfABlockLieSideBySideOnCacheLines()
    {
        using TensorPool pool = new();
        using TensorBlock block = pool.Allocate([
            [3, 5],
            [1],
            [0],
            [7, 2],
        ]);
        foreach ((int index, Tensor tensor) in block.Tensors.Index())
        {
            Assert.Equal(0, tensor.Address % 64);
            tensor.AsSpan<float>().Fill(index);
        }

        Assert.Equal([15L, 1, 0, 14], block.Tensors.Select(static tensor => tensor.ElementCount));
        Assert.All(block.Tensors.Index(), static tensor =>
            Assert.Equal(-1, tensor.Item.AsSpan<float>().IndexOfAnyExcept((float)tensor.Index))
        );
    }

    [Fact]
    public void MemoryGoesToTheNextThatNeedsAboutAsMuch()
    {
        using TensorPool pool = new();
        TensorBlock first = pool.Allocate([
            [1000, 100],
        ]);
        nint address = first.Tensors[0].Address;
        first.Dispose();
        first.Dispose();

        using TensorBlock next = pool.Allocate([
                [990, 100],
            ]),
            beside = pool.Allocate([
                [990, 100],
            ]);

        Assert.Equal(address, next.Tensors[0].Address);
        Assert.NotEqual(address, beside.Tensors[0].Address);
    }

    [Fact]
    public void WhatIsHeldStaysNearWhatWasUsedAtOnceWhateverTheSizes()
    {
        using TensorPool pool = new();
        Random random = new(1);
        long most = 0;
        for (int step = 0; step < 200; step++)
        {
            TensorBlock[] blocks =
            [
                .. Enumerable
                    .Range(0, 8)
                    .Select(_ =>
                        pool.Allocate([
                            [random.Next(1, 100_000)],
                        ])
                    ),
            ];
            most = Math.Max(most, blocks.Sum(static block => block.ByteCount));
            Array.ForEach(blocks, static block => block.Dispose());
            Assert.InRange(pool.HeldBytes, 1, most * 5 / 4);
        }
    }

    [Fact]
    public void ADisposedPoolHoldsNothingAndTakesBackWhatWasStillUsed()
    {
        TensorPool pool = new();
        TensorBlock used = pool.Allocate([
            [1000],
        ]);
        pool.Allocate([
                [2000],
            ])
            .Dispose();
        pool.Dispose();
        Assert.Equal(used.ByteCount, pool.HeldBytes);
        used.Dispose();
        Assert.Equal(0, pool.HeldBytes);
    }
}
