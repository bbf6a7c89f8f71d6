using System.Buffers.Binary;
using static System.FormattableString;

namespace Cupola.Images;

/// <summary>
/// Decodes portable maps (PBM, PGM, PPM), binary and text, which this libvips is built without: black and white, gray, or color,
/// with a given largest sample. Gray with a largest sample above 255 is clipped at 255 of 65,535, as in Pillow's conversion of
/// all 16-bit gray.
/// </summary>
internal static class PortableMapDecoder
{
    private const int MostSample = 65535;

    public static bool IsPortableMap(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 2 && bytes[0] == 'P' && bytes[1] is >= (byte)'1' and <= (byte)'6' && PortableMapText.IsSpace(bytes[2]);

    /// <exception cref="InvalidDataException">It is damaged, or has too many pixels.</exception>
    public static RgbImage Decode(EncodedImage file)
    {
        PortableMapText text = new(file, position: 2);
        int kind = file.Bytes[1] - '0',
            width = text.HeaderNumber(),
            height = text.HeaderNumber();
        bool isText = kind <= 3,
            isBits = kind % 3 == 1,
            isColor = kind % 3 == 0;
        int most = isBits ? 1 : text.HeaderNumber();
        if (most is < 1 or > MostSample)
        {
            throw file.Damaged(Invariant($"its largest sample is {most}, which is not between 1 and {MostSample}"));
        }

        file.CheckSize(width, height);
        int channels = isColor ? 3 : 1,
            sampleBytes = most > 255 ? 2 : 1;
        long rowBytes = isBits ? (width + 7L) / 8 : (long)width * channels * sampleBytes;
        // As text, a sample takes at least a digit, and a space except for the last one; black and white needs no spaces.
        long least = !isText ? rowBytes * height : (long)width * height * channels * (isBits ? 1 : 2) - (isBits ? 0 : 1);
        if (least > file.Bytes.Length - text.Position)
        {
            throw file.Damaged("it is cut off");
        }

        byte[] shades = isBits ? [255, 0] : Shades(most, cutsOff: !isColor);
        int position = text.Position;
        return file.Decode(width, height, extra: 0, image =>
        {
            PortableMapText samples = new(file, position);
            for (int row = 0; row < height; row++)
            {
                Span<byte> target = image.Row(row);
                ReadOnlySpan<byte> source = isText ? [] : file.Bytes.AsSpan((int)(position + (row * rowBytes)), (int)rowBytes);
                for (int sample = 0; sample < width * channels; sample++)
                {
                    int value =
                        isText ? (isBits ? samples.Bit() : samples.Sample(most))
                        : isBits ? (source[sample / 8] >> (7 - (sample % 8))) & 1
                        : sampleBytes == 1 ? source[sample]
                        : BinaryPrimitives.ReadUInt16BigEndian(source[(sample * 2)..]);
                    byte shade = shades[Math.Min(value, most)];
                    if (isColor)
                    {
                        target[sample] = shade;
                    }
                    else
                    {
                        target.Slice(sample * 3, 3).Fill(shade);
                    }
                }
            }
        });
    }

    /// <summary>The byte for each sample, rounded half to even.</summary>
    private static byte[] Shades(int most, bool cutsOff)
    {
        byte[] shades = new byte[most + 1];
        int white = cutsOff && most > 255 ? MostSample : 255;
        for (int sample = 0; sample <= most; sample++)
        {
            shades[sample] = (byte)Math.Min(Math.Round((double)sample / most * white, MidpointRounding.ToEven), 255);
        }

        return shades;
    }
}
