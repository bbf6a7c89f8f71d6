using System.Runtime.Intrinsics.X86;

namespace Cupola.Images;

/// <summary>
/// The two inner loops of a resize. All kernels give the same bytes: the sums are of integers, so their order does not matter.
/// </summary>
internal abstract unsafe class ResizeKernel
{
    /// <summary>Half of the last fractional bit: sums are rounded, not truncated.</summary>
    protected const int Half = 1 << (ResizeWeights.FractionBits - 1);

    /// <summary>The fastest kernel on this machine.</summary>
    public static ResizeKernel Best { get; } = Avx2.IsSupported ? new Avx2ResizeKernel() : new PortableResizeKernel();

    /// <summary>
    /// Computes one output pixel of each row for each of the weights' output pixels. Up to <see cref="RgbImage.Overrun"/> bytes
    /// may be read past a source row; one byte may be written past a destination row.
    /// </summary>
    public abstract void Horizontal(
        byte* source,
        nint sourceStride,
        int rows,
        ResizeWeights weights,
        byte* destination,
        nint destinationStride
    );

    /// <summary>
    /// Computes one output row of a number of bytes for each of the weights' output pixels. The source begins with input row
    /// <paramref name="firstRow"/>, and <see cref="ResizeWeights.Taps"/> rows may be read past its end.
    /// </summary>
    public abstract void Vertical(
        byte* source,
        nint sourceStride,
        int firstRow,
        ResizeWeights weights,
        byte* destination,
        int rowBytes
    );

    /// <summary>Rounds, drops the fraction and clips.</summary>
    protected static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResizeWeights.FractionBits, 0, 255);
}
