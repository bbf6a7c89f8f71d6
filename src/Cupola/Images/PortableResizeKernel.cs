using System.Numerics;

namespace Cupola.Images;

/// <summary>The kernel for every processor: scalar sums across a row, vectors of any width down the columns.</summary>
internal sealed unsafe class PortableResizeKernel : ResizeKernel
{
    public override void Horizontal(
        byte* source,
        nint sourceStride,
        int rows,
        ResizeWeights weights,
        byte* destination,
        nint destinationStride
    )
    {
        for (int row = 0; row < rows; row++)
        {
            byte* from = source + (row * sourceStride),
                to = destination + (row * destinationStride);
            for (int pixel = 0; pixel < weights.First.Length; pixel++)
            {
                byte* taps = from + (weights.First[pixel] * 3);
                int red = Half,
                    green = Half,
                    blue = Half;
                foreach (int weight in weights.Weights.AsSpan(pixel * weights.Taps, weights.Taps))
                {
                    red += weight * taps[0];
                    green += weight * taps[1];
                    blue += weight * taps[2];
                    taps += 3;
                }

                to[pixel * 3] = Clip(red);
                to[(pixel * 3) + 1] = Clip(green);
                to[(pixel * 3) + 2] = Clip(blue);
            }
        }
    }

    public override void Vertical(
        byte* source,
        nint sourceStride,
        int firstRow,
        ResizeWeights weights,
        byte* destination,
        int rowBytes
    )
    {
        for (int row = 0; row < weights.First.Length; row++)
        {
            byte* from = source + ((weights.First[row] - firstRow) * sourceStride),
                to = destination + (row * (nint)rowBytes);
            ReadOnlySpan<int> taps = weights.Weights.AsSpan(row * weights.Taps, weights.Taps);
            int column = 0;
            for (; column + Vector<byte>.Count <= rowBytes; column += Vector<byte>.Count)
            {
                Columns(from + column, sourceStride, taps).Store(to + column);
            }

            for (; column < rowBytes; column++)
            {
                int sum = Half;
                for (int tap = 0; tap < taps.Length; tap++)
                {
                    sum += taps[tap] * from[(tap * sourceStride) + column];
                }

                to[column] = Clip(sum);
            }
        }
    }

    private static Vector<byte> Columns(byte* from, nint stride, ReadOnlySpan<int> taps)
    {
        Vector<int> first = new(Half),
            second = first,
            third = first,
            fourth = first;
        for (int tap = 0; tap < taps.Length; tap++)
        {
            Vector.Widen(Vector.Load(from + (tap * stride)), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> one, out Vector<uint> two);
            Vector.Widen(high, out Vector<uint> three, out Vector<uint> four);
            int weight = taps[tap];
            first += one.As<uint, int>() * weight;
            second += two.As<uint, int>() * weight;
            third += three.As<uint, int>() * weight;
            fourth += four.As<uint, int>() * weight;
        }

        return Vector.Narrow(Vector.Narrow(Clip(first), Clip(second)), Vector.Narrow(Clip(third), Clip(fourth)));
    }

    private static Vector<uint> Clip(Vector<int> sums) =>
        Vector.Min(Vector.Max(sums >> ResizeWeights.FractionBits, Vector<int>.Zero), new(255)).As<int, uint>();
}
