using System.Numerics;
using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>
/// Sixty-four bits that a picture keeps through another size, format or quality: the image is averaged to 9 × 8 grays, and each
/// bit says whether a gray is brighter than its left neighbor (dHash). Where little is to be seen, as in a black frame, the bits
/// are the same for all such images and say nothing: these have none.
/// </summary>
/// <param name="Bits">The 64 bits.</param>
/// <param name="Aspect">Width by height.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PicturePrint(ulong Bits, double Aspect)
{
    private const int Columns = 9;
    private const int Rows = 8;

    /// <summary>A smaller difference of grays, of 255, is compression or noise.</summary>
    private const double Seen = 1;

    /// <summary>So many of the 64 neighbors must differ for an image to be told from others.</summary>
    private const int LeastSeen = 16;

    /// <summary>Bits in which two files of the same picture may differ.</summary>
    private const int MostBits = 6;

    /// <summary>How much the aspects of two files of the same picture may differ: sizes are whole numbers of pixels.</summary>
    private const double AspectShare = 0.02;

    /// <summary>The print of an image; null where it is flat.</summary>
    public static PicturePrint? Of(RgbImage image)
    {
        double[] grays = Grays(image);
        ulong bits = 0;
        int seen = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 1; column < Columns; column++)
            {
                double step = grays[(row * Columns) + column] - grays[(row * Columns) + column - 1];
                seen += Math.Abs(step) > Seen ? 1 : 0;
                bits = (bits << 1) | (step > Seen ? 1UL : 0);
            }
        }

        return seen >= LeastSeen ? new(bits, (double)image.Width / image.Height) : null;
    }

    /// <summary>Whether two files may show the same picture.</summary>
    public bool IsNear(PicturePrint other) =>
        BitOperations.PopCount(Bits ^ other.Bits) <= MostBits
        && Math.Abs(Aspect - other.Aspect) <= AspectShare * Math.Max(Aspect, other.Aspect);

    /// <summary>The mean gray of each of 9 × 8 areas, from 0 to 255; a pixel counts where its middle lies.</summary>
    private static double[] Grays(RgbImage image)
    {
        var sums = new double[Columns * Rows];
        for (int row = 0; row < Rows; row++)
        {
            (int top, int bottom) = Span(row, Rows, image.Height);
            for (int column = 0; column < Columns; column++)
            {
                (int left, int right) = Span(column, Columns, image.Width);
                long sum = 0;
                for (int y = top; y < bottom; y++)
                {
                    ReadOnlySpan<byte> pixels = image.Row(y)[(left * 3)..(right * 3)];
                    for (int at = 0; at < pixels.Length; at += 3)
                    {
                        // The weights of ITU-R BT.601, in thousandths.
                        sum += (299 * pixels[at]) + (587 * pixels[at + 1]) + (114 * pixels[at + 2]);
                    }
                }

                sums[(row * Columns) + column] = sum / (1000.0 * (bottom - top) * (right - left));
            }
        }

        return sums;
    }

    /// <summary>An area's pixels; in an image of fewer pixels than areas, neighbors share them.</summary>
    private static (int First, int End) Span(int area, int areas, int pixels)
    {
        int first = (int)((long)area * pixels / areas);
        return (first, Math.Max(first + 1, (int)((long)(area + 1) * pixels / areas)));
    }
}
