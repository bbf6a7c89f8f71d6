using System.Runtime.Intrinsics.X86;

namespace Cupola.Images;

/// <summary>
/// The two inner loops of a resize. All kernels give the same bytes: the sums are of integers, and their order does not
/// matter.
/// </summary>
internal abstract unsafe class ResizeKernel
{
    /// <summary>Half of the last fractional bit's worth: sums are rounded, not cut off.</summary>
    protected const int Half = 1 << (ResizeWeights.FractionBits - 1);

    /// <summary>The fastest one here.</summary>
    public static ResizeKernel Best { get; } = Avx2.IsSupported ? new Avx2ResizeKernel() : new PortableResizeKernel();

    /// <summary>
    /// One output pixel of each row for each of the weights' output pixels. Source rows may be read up to
    /// <see cref="RgbImage.Overrun"/> bytes too far; a destination row may be written one byte too far.
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
    /// One output row of so many bytes for each of the weights' output pixels. The source begins with input row
    /// <paramref name="firstRow"/> and may be read <see cref="ResizeWeights.Taps"/> rows too far.
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
