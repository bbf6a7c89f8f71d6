using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>Rows of whole blocks that an operator works in, zeros at first; freed by whoever made them.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe ref struct ScratchRows
{
    private readonly int _stride;
    private readonly float* _numbers;

    /// <summary>Rows for so many numbers each.</summary>
    public ScratchRows(int rows, int width)
    {
        _stride = RowKernel.Padded(width);
        _numbers = (float*)NativeMemory.AlignedAlloc((nuint)rows * (nuint)_stride * sizeof(float), 64);
        NativeMemory.Clear(_numbers, (nuint)rows * (nuint)_stride * sizeof(float));
    }

    /// <summary>One of them.</summary>
    public float* this[int row] => _numbers + ((long)row * _stride);

    public void Dispose() => NativeMemory.AlignedFree(_numbers);
}
