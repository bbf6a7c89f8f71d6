using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Cupola.Files;

namespace Cupola.Embedding;

/// <summary>Writes arrays as NumPy reads them (.npy, format version 1.0), and reads float32 ones of two dimensions.</summary>
internal static partial class NumpyFile
{
    /// <summary>The magic string, version and length of the header.</summary>
    private const int Preamble = 10;

    /// <summary>Of a version 1 file; the length has two bytes.</summary>
    private const int LongestHeader = ushort.MaxValue;

    /// <summary>Writes float32 numbers of a shape, row-major; the file is whole or not there.</summary>
    public static void Write(string path, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Write(path, "<f4", MemoryMarshal.AsBytes(values), shape);

    /// <summary>Writes bytes of a shape, row-major; the file is whole or not there.</summary>
    public static void Write(string path, ReadOnlySpan<byte> values, params ReadOnlySpan<int> shape) =>
        Write(path, "|u1", values, shape);

    /// <summary>Writes float32 numbers of two dimensions that come as a stream; the file is whole or not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many numbers each has.</param>
    /// <param name="write">Writes all numbers, row by row.</param>
    public static void Write(string path, long rows, int columns, Action<Stream> write)
    {
        byte[] head = RowsHeader(rows, columns);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(head);
            write(stream);
        });
    }

    /// <summary>
    /// What float32 numbers of two dimensions begin with. It has the same length for any number of rows, so that it can be
    /// written once the number is known.
    /// </summary>
    public static byte[] RowsHeader(long rows, int columns) =>
        Header("<f4", $"{rows.ToString(CultureInfo.InvariantCulture)},{Extent(columns)}");

    private static string Extent(int extent) => string.Create(CultureInfo.InvariantCulture, $"{extent},");

    private static void Write(string path, string type, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        StringBuilder extents = new();
        foreach (int extent in shape)
        {
            extents.Append(Extent(extent));
        }

        byte[] head = Header(type, extents.ToString());
        byte[] body = bytes.ToArray();
        AtomicFile.Write(path, stream =>
        {
            stream.Write(head);
            stream.Write(body);
        });
    }

    private static byte[] Header(string type, string extents)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({extents}), }}";
        // The magic string, version and length take ten bytes; the header ends in a line feed at a multiple of 64.
        int padded = ((header.Length + 1 + 10 + 63) / 64 * 64) - 10;
        return
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)padded,
            (byte)(padded >> 8),
            .. Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n"),
        ];
    }

    /// <summary>Reads float32 numbers of two dimensions, row by row.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is something else, or is cut off.</exception>
    public static IEnumerable<float[]> ReadRows(string path)
    {
        using FileStream file = File.OpenRead(path);
        (long rows, int columns) = ReadHeader(file, path);
        for (long row = 0; row < rows; row++)
        {
            float[] values = new float[columns];
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            yield return values;
        }
    }

    private static (long Rows, int Columns) ReadHeader(FileStream file, string path)
    {
        byte[] head = new byte[Preamble];
        if (
            file.ReadAtLeast(head, Preamble, throwOnEndOfStream: false) < Preamble
            || !head.AsSpan(0, Magic.Length).SequenceEqual(Magic)
        )
        {
            throw new InvalidDataException($"{path} is not a NumPy file of version 1.");
        }

        byte[] text = new byte[Math.Min(LongestHeader, head[8] | (head[9] << 8))];
        int read = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        Match shape = TwoDimensions().Match(Encoding.Latin1.GetString(text, 0, read));
        if (
            !shape.Success
            || !long.TryParse(shape.Groups["rows"].Value, CultureInfo.InvariantCulture, out long rows)
            || !int.TryParse(shape.Groups["columns"].Value, CultureInfo.InvariantCulture, out int columns)
        )
        {
            throw new InvalidDataException($"{path} does not hold float32 numbers of two dimensions.");
        }

        return file.Length - file.Position == (Int128)rows * columns * sizeof(float)
            ? (rows, columns)
            : throw new InvalidDataException($"{path} is cut off, or has something behind its numbers.");
    }

    private static byte[] Magic { get; } = [0x93, .. "NUMPY"u8, 1];

    [GeneratedRegex(
        @"'descr':\s*'<f4',\s*'fortran_order':\s*False,\s*'shape':\s*\((?<rows>\d+),\s*(?<columns>\d+),?\s*\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex TwoDimensions();
}
