using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Cupola.Files;

namespace Cupola.Embedding;

/// <summary>Writes arrays as NumPy reads them (.npy, format version 1.0).</summary>
internal static class NumpyFile
{
    /// <summary>Writes float32 numbers of a shape, row-major; the file is whole or not there.</summary>
    public static void Write(string path, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Write(path, "<f4", MemoryMarshal.AsBytes(values), shape);

    /// <summary>Writes bytes of a shape, row-major; the file is whole or not there.</summary>
    public static void Write(string path, ReadOnlySpan<byte> values, params ReadOnlySpan<int> shape) =>
        Write(path, "|u1", values, shape);

    private static void Write(string path, string type, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        StringBuilder extents = new();
        foreach (int extent in shape)
        {
            extents.Append(CultureInfo.InvariantCulture, $"{extent},");
        }

        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({extents}), }}";
        // The magic string, version and length take ten bytes; the header ends in a line feed at a multiple of 64.
        int padded = ((header.Length + 1 + 10 + 63) / 64 * 64) - 10;
        byte[] head =
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)padded,
            (byte)(padded >> 8),
            .. Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n"),
        ];
        byte[] body = bytes.ToArray();
        AtomicFile.Write(path, stream =>
        {
            stream.Write(head);
            stream.Write(body);
        });
    }
}
