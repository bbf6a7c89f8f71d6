using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Tests.Collectives;

public sealed class FlatTensorsTests
{
    [Fact]
    public void AnyPieceIsThatOfAllNumbersOneAfterAnother()
    {
        int[] lengths = [0, 3, 1, 0, 0, 5, 2, 0];
        float[] numbers = [.. Enumerable.Range(1, lengths.Sum()).Select(static number => (float)number)];
        Tensor[] tensors = [.. lengths.Select(static length => Tensor.Allocate(ElementType.Float32, length))];
        FlatTensors flat = new(tensors);
        Assert.Equal(numbers.Length, flat.Count);
        flat.CopyFrom(0, [.. numbers]);
        Assert.Equal([5f, 6, 7, 8, 9], tensors[5].AsSpan<float>().ToArray());

        for (int start = 0; start <= numbers.Length; start++)
        {
            for (int end = start; end <= numbers.Length; end++)
            {
                var piece = new float[end - start];
                flat.CopyTo(start, piece);
                Assert.Equal(numbers[start..end], piece);

                flat.CopyFrom(start, [.. piece.Select(static number => -number)]);
                flat.CopyTo(0, piece = new float[numbers.Length]);
                Assert.Equal(numbers.Select((number, index) => index >= start && index < end ? -number : number), piece);
                flat.CopyFrom(0, [.. numbers]);
            }
        }

        Array.ForEach(tensors, static tensor => tensor.Dispose());
    }
}
