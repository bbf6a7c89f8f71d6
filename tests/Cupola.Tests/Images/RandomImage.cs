using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>Images of random pixels for tests.</summary>
internal static class RandomImage
{
    /// <summary>An image whose pixels follow from a seed.</summary>
    public static RgbImage Create(int width, int height, int seed)
    {
        RgbImage image = new(width, height);
        new Random(seed).NextBytes(image.Bytes);
        return image;
    }

    /// <summary>The same as a file, which holds exactly these pixels: an uncompressed bitmap, from the top row down.</summary>
    public static byte[] Bitmap(int width, int height, int seed)
    {
        using RgbImage image = Create(width, height, seed);
        int stride = ((width * 3) + 3) / 4 * 4;
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("BM"u8);
        foreach (
            int field in (ReadOnlySpan<int>)
                [54 + (stride * height), 0, 54, 40, width, -height, 1 | (24 << 16), 0, stride * height, 0, 0, 0, 0]
        )
        {
            writer.Write(field);
        }

        for (int row = 0; row < height; row++)
        {
            foreach (byte[] pixel in image.Row(row).ToArray().Chunk(3))
            {
                writer.Write([pixel[2], pixel[1], pixel[0]]);
            }

            writer.Write(new byte[stride - (width * 3)]);
        }

        return stream.ToArray();
    }
}
