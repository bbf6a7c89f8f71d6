using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>The sum of rows [rows, width] → [width]; the second input is only there for the shape of the result.</summary>
internal sealed class SumOfRows() : CustomOperator(nameof(SumOfRows), inputs: 2, outputsLike: [1])
{
    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs) =>
        Add(given[0].AsSpan<float>(), outputs[0].AsSpan<float>());

    /// <summary>Writes the sum of rows, each as wide as the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> rows, Span<float> sums)
    {
        sums.Clear();
        ref float row = ref MemoryMarshal.GetReference(rows),
            sum = ref MemoryMarshal.GetReference(sums);
        int width = sums.Length,
            count = rows.Length / width,
            whole = width - (width % Vector<float>.Count);
        int quartets = count - (count % 4);

        // Four rows at once, so that each sum is loaded and stored a quarter as often.
        for (int first = 0; first < quartets; first += 4)
        {
            nuint start = (nuint)(first * (long)width),
                step = (nuint)width;
            for (nuint place = 0; place < (nuint)whole; place += (nuint)Vector<float>.Count)
            {
                nuint at = start + place;
                Vector<float> upper = Vector.LoadUnsafe(ref row, at) + Vector.LoadUnsafe(ref row, at + step);
                Vector<float> lower = Vector.LoadUnsafe(ref row, at + (2 * step)) + Vector.LoadUnsafe(ref row, at + (3 * step));
                Vector.StoreUnsafe(Vector.LoadUnsafe(ref sum, place) + (upper + lower), ref sum, place);
            }

            for (int index = first; index < first + 4; index++)
            {
                TensorPrimitives.Add(sums[whole..], rows.Slice((index * width) + whole, width - whole), sums[whole..]);
            }
        }

        for (int index = quartets; index < count; index++)
        {
            TensorPrimitives.Add(sums, rows.Slice(index * width, width), sums);
        }
    }
}
