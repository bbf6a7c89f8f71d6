using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>
/// The escapes of packed bitmaps that Pillow 9.4 itself reads wrongly, by the definition (Microsoft, "Bitmap Compression").
/// </summary>
public sealed class BmpRunsTests
{
    private static readonly byte[] Colors = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150];

    [Fact]
    public void AMoveLeavesTheFirstColorBehind() =>
        Assert.Equal(
            [0, 0, 0, 30, 0, 0, 0, 0, 10, 10, 20, 20],
            Decode(bits: 8, compression: 1, [2, 1, 2, 2, 0, 0, 0, 2, 3, 1, 1, 3])
        );

    [Fact]
    public void AnOddNumberOfHalvesIsReadToItsEnd() =>
        Assert.Equal(
            [90, 80, 90, 80, 40, 50, 40, 60, 10, 20, 30, 40],
            Decode(bits: 4, compression: 2, [0, 3, 0x12, 0x30, 1, 0x40, 0, 0, 0, 3, 0x45, 0x40, 1, 0x60, 0, 0, 4, 0x98])
        );

    [Fact]
    public void ARunBeyondTheRowIsCutThere() =>
        Assert.Equal(
            [30, 30, 30, 30, 20, 20, 20, 20, 10, 10, 10, 10],
            Decode(bits: 8, compression: 1, [200, 1, 0, 0, 9, 2, 0, 0, 255, 3])
        );

    [Fact]
    public void AnEndBeforeTheLastRowIsRefused() =>
        Assert.Throws<InvalidDataException>(() => Decode(bits: 8, compression: 1, [4, 1, 0, 0, 4, 2, 0, 1]));

    /// <summary>The red channel of 4 × 3 pixels, from the top.</summary>
    private static byte[] Decode(int bits, int compression, byte[] runs)
    {
        byte[] palette = [.. Colors.SelectMany(static shade => new byte[] { shade, shade, shade, 0 })];
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("BM"u8);
        int[] fields = [0, 0, 54 + palette.Length, 40, 4, 3, 1 | (bits << 16), compression, runs.Length, 0, 0, Colors.Length, 0];
        foreach (int field in fields)
        {
            writer.Write(field);
        }

        writer.Write(palette);
        writer.Write(runs);
        using RgbImage image = ImageDecoder.DecodeBytes(stream.ToArray(), "a.bmp");
        return [.. image.Bytes.ToArray().Where(static (_, place) => place % 3 == 0)];
    }
}
