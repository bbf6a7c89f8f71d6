using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Cupola.Images;

/// <summary>
/// Resizes RGB bytes as Pillow does, bit for bit (Resample.c): a horizontal pass to bytes, then a vertical pass, each a weighted
/// sum with 22 fractional bits, rounded and clipped; a pass that changes nothing is omitted. Only the requested window of the
/// result is computed.
/// </summary>
internal static unsafe class PillowResize
{
    /// <summary>The number of sizes whose weights are cached: the images of one camera or collection have few.</summary>
    private const int MaximumRemembered = 64;

    /// <summary>A cache line: rows between the passes are aligned to it.</summary>
    private const int StrideMultiple = 64;

    private static readonly ConcurrentDictionary<(Interpolation, int, int, int, int), ResizeWeights> Remembered = new();

    /// <summary>
    /// Resizes an image to width × height and writes the window that begins at (left, top), [windowHeight, windowWidth, 3].
    /// </summary>
    public static void Resize(
        RgbImage source,
        Interpolation interpolation,
        int width,
        int height,
        int left,
        int top,
        int windowWidth,
        int windowHeight,
        Span<byte> destination,
        ResizeKernel? kernel = null
    )
    {
        kernel ??= ResizeKernel.Best;
        if (interpolation == Interpolation.Nearest)
        {
            Nearest(source, width, height, left, top, windowWidth, windowHeight, destination);
            return;
        }

        if (height == source.Height)
        {
            fixed (byte* target = destination)
            {
                Columns(
                    source,
                    top,
                    windowHeight,
                    interpolation,
                    width,
                    left,
                    windowWidth,
                    target,
                    windowWidth * 3,
                    kernel,
                    mayOverwrite: false
                );
            }

            return;
        }

        ResizeWeights weights = Weights(interpolation, source.Height, height, top, windowHeight);
        int firstRow = weights.First[0],
            rows = weights.InputEnd - firstRow;
        nint stride = ((windowWidth * 3) + 1 + StrideMultiple - 1) / StrideMultiple * StrideMultiple;
        byte* between = (byte*)
            NativeMemory.AlignedAlloc((nuint)((rows + weights.Taps) * stride) + RgbImage.Overrun, StrideMultiple);
        try
        {
            Columns(source, firstRow, rows, interpolation, width, left, windowWidth, between, stride, kernel, mayOverwrite: true);
            fixed (byte* target = destination)
            {
                kernel.Vertical(between, stride, firstRow, weights, target, windowWidth * 3);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(between);
        }
    }

    /// <summary>The horizontal pass over some rows, or a copy of their window if the width stays.</summary>
    private static void Columns(
        RgbImage source,
        int firstRow,
        int rows,
        Interpolation interpolation,
        int width,
        int left,
        int windowWidth,
        byte* target,
        nint stride,
        ResizeKernel kernel,
        bool mayOverwrite
    )
    {
        nint sourceStride = source.Width * 3;
        byte* from = source.Pointer + (firstRow * sourceStride);
        if (width == source.Width)
        {
            for (int row = 0; row < rows; row++)
            {
                new ReadOnlySpan<byte>(from + (row * sourceStride) + (left * 3), windowWidth * 3).CopyTo(
                    new Span<byte>(target + (row * stride), windowWidth * 3)
                );
            }

            return;
        }

        ResizeWeights weights = Weights(interpolation, source.Width, width, left, windowWidth);
        if (mayOverwrite)
        {
            kernel.Horizontal(from, sourceStride, rows, weights, target, stride);
            return;
        }

        // A kernel may write one byte after each row, where the next row begins or the buffer has a spare byte.
        byte[] single = new byte[(windowWidth * 3) + 1];
        fixed (byte* one = single)
        {
            for (int row = 0; row < rows; row++)
            {
                kernel.Horizontal(from + (row * sourceStride), sourceStride, 1, weights, one, 0);
                single.AsSpan(0, windowWidth * 3).CopyTo(new Span<byte>(target + (row * stride), windowWidth * 3));
            }
        }
    }

    /// <summary>Takes the pixel at each center (Geometry.c, ImagingScaleAffine).</summary>
    private static void Nearest(
        RgbImage source,
        int width,
        int height,
        int left,
        int top,
        int windowWidth,
        int windowHeight,
        Span<byte> destination
    )
    {
        double across = (double)source.Width / width,
            down = (double)source.Height / height;
        for (int row = 0; row < windowHeight; row++)
        {
            ReadOnlySpan<byte> from = source.Row(Math.Min((int)((top + row + 0.5) * down), source.Height - 1));
            for (int column = 0; column < windowWidth; column++)
            {
                int pixel = Math.Min((int)((left + column + 0.5) * across), source.Width - 1);
                from.Slice(pixel * 3, 3).CopyTo(destination[(((row * windowWidth) + column) * 3)..]);
            }
        }
    }

    private static ResizeWeights Weights(Interpolation interpolation, int inputSize, int outputSize, int start, int count)
    {
        (Interpolation, int, int, int, int) key = (interpolation, inputSize, outputSize, start, count);
        if (Remembered.TryGetValue(key, out ResizeWeights? weights))
        {
            return weights;
        }

        weights = ResizeWeights.Create(interpolation, inputSize, outputSize, start, count);
        if (Remembered.Count < MaximumRemembered)
        {
            Remembered.TryAdd(key, weights);
        }

        return weights;
    }
}
