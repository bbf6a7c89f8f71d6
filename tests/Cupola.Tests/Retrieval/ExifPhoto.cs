using System.Buffers.Binary;
using System.Text;
using NetVips;

namespace Cupola.Tests.Retrieval;

/// <summary>A small JPEG with metadata as a camera writes it.</summary>
internal static class ExifPhoto
{
    /// <summary>A gray image of 16 pixels with a date, a maker and a model.</summary>
    public static byte[] Create(string taken, string maker, string model)
    {
        using Image gray = Image.Black(16, 16, bands: 3) + 128;
        return Add(gray.Cast(Enums.BandFormat.Uchar).JpegsaveBuffer(), taken, maker, model);
    }

    /// <summary>A JPEG without metadata, with a date, a maker and a model.</summary>
    public static byte[] Add(byte[] jpeg, string taken, string maker, string model)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Tiff(taken, maker, model)];
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(exif.Length + 2));
        return [.. jpeg[..2], 0xFF, 0xE1, .. length, .. exif, .. jpeg[2..]];
    }

    /// <summary>Two directories: maker, model and a pointer in the first, the date in the second (TIFF 6.0; EXIF 2.3).</summary>
    private static byte[] Tiff(string taken, string maker, string model)
    {
        byte[] makerText = Text(maker),
            modelText = Text(model),
            dateText = Text(taken);
        const int header = 8,
            firstSize = 2 + (3 * 12) + 4,
            secondSize = 2 + 12 + 4;
        int second = header + firstSize,
            texts = second + secondSize;
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write("II"u8);
        writer.Write((ushort)42);
        writer.Write(header);
        writer.Write((ushort)3);
        Entry(0x10F, 2, makerText.Length, texts);
        Entry(0x110, 2, modelText.Length, texts + makerText.Length);
        Entry(0x8769, 4, 1, second);
        writer.Write(0);
        writer.Write((ushort)1);
        Entry(0x9003, 2, dateText.Length, texts + makerText.Length + modelText.Length);
        writer.Write(0);
        writer.Write(makerText);
        writer.Write(modelText);
        writer.Write(dateText);
        return bytes.ToArray();

        void Entry(int tag, int type, int count, int value)
        {
            writer.Write((ushort)tag);
            writer.Write((ushort)type);
            writer.Write(count);
            writer.Write(value);
        }
    }

    /// <summary>With its zero byte, and at least five bytes, so that it does not stand in the entry itself.</summary>
    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text + "\0");
}
