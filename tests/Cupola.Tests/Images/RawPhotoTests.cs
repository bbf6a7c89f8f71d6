using System.Buffers.Binary;
using System.Text;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>Raw photos as cameras lay them out: small TIFFs with JPEGs in them.</summary>
public sealed class RawPhotoTests
{
    private static readonly Lazy<byte[]> Small = new(static () => Jpeg(48)),
        Large = new(static () => Jpeg(160));

    public static TheoryData<string> Forms => ["cr2", "nef", "arw", "dng"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void TheLargestJpegIsWhatIsSeen(string form)
    {
        foreach (bool isBigEndian in (bool[])[false, true])
        {
            byte[] raw = Photo(form, isBigEndian, Small.Value, Large.Value);
            using RgbImage seen = ImageDecoder.DecodeBytes(raw, "photo." + form),
                expected = ImageDecoder.DecodeBytes(Large.Value, "large.jpg");

            Assert.Equal((expected.Width, expected.Height), (seen.Width, seen.Height));
            Assert.Equal(expected.Bytes, seen.Bytes);
        }
    }

    [Fact]
    public void TheCamerasOrientationDateAndNameAreRead()
    {
        byte[] raw = Photo("nef", isBigEndian: true, Small.Value, Large.Value);

        ImageMetadata metadata = ImageMetadata.Read(raw, "photo.nef", default);
        using RgbImage upright = ImageDecoder.DecodeBytes(raw, "photo.nef", orient: true),
            stored = ImageDecoder.DecodeBytes(raw, "photo.nef");

        Assert.Equal(("2021-05-03T12:00:00", "NIKON D850", 6), (metadata.Taken, metadata.Camera, metadata.Orientation));
        Assert.Equal((stored.Height, stored.Width), (upright.Width, upright.Height));
    }

    [Fact]
    public void WithoutAJpegItIsASentence()
    {
        byte[] lossless = [.. Large.Value];
        int frame = lossless.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        lossless[frame + 1] = 0xC3;
        byte[] raw = Photo("dng", isBigEndian: false, lossless, lossless);

        string message = Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(raw, "photo.dng")).Message;
        Assert.Contains("raw photo without an embedded JPEG", message, StringComparison.Ordinal);
        Assert.Contains("export it as JPEG or PNG", message, StringComparison.Ordinal);
    }

    /// <summary>Every offset, count and length is a claim: whatever it says, there is an image or a sentence.</summary>
    [Fact]
    public void AnyDamageIsAnImageOrASentence()
    {
        byte[] raw = Photo("nef", isBigEndian: false, Small.Value, Large.Value);
        Random random = new(7);
        int directories = raw.Length - Small.Value.Length - Large.Value.Length;
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = [.. raw.AsSpan(0, round % 3 == 0 ? random.Next(1, raw.Length) : raw.Length)];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(Math.Min(damaged.Length, directories))] = random.Next(3) switch
                {
                    0 => 0xFF,
                    1 => 0,
                    _ => (byte)random.Next(256),
                };
            }

            try
            {
                if (RawPhoto.Read(damaged) is { } photo)
                {
                    Assert.NotNull(photo.Metadata);
                    ImageDecoder.DecodeBytes(damaged, "photo.nef").Dispose();
                }
            }
            catch (InvalidDataException)
            {
                // A sentence.
            }
        }
    }

    [Fact]
    public void DirectoriesThatFormACircleEnd()
    {
        byte[] raw = Photo("dng", isBigEndian: false, Small.Value, Large.Value);
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(raw.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(raw.AsSpan(10 + (entries * 12)), 8);

        ImageDecoder.DecodeBytes(raw, "photo.dng").Dispose();
    }

    [Theory]
    [InlineData("FUJIFILMCCD-RAW 0201", "Fujifilm")]
    [InlineData("IIRO\u0008\0\0\0", "Olympus")]
    [InlineData("IIU\0\u0008\0\0\0", "Panasonic")]
    [InlineData("\0\0\0\u0018ftypcrx \0\0\0\u0001crx isom", "Canon")]
    public void RawPhotosOfOtherFormsAreASentence(string start, string maker)
    {
        byte[] bytes = [.. Encoding.Latin1.GetBytes(start), .. new byte[64]];

        string message = Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(bytes, "photo")).Message;
        Assert.Contains(maker, message, StringComparison.Ordinal);
        Assert.Contains("save it as PNG or JPEG", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARawPhotoBesideItsJpegIsTheSamePhoto()
    {
        string folder = TestFolder.New();
        foreach (string name in (string[])["a.NEF", "a.jpg", "b.dng", "c.CR2", "c.JPEG", "d.arw", "d.png"])
        {
            File.WriteAllBytes(Path.Combine(folder, name), [1]);
        }

        Assert.Equal(["a.jpg", "b.dng", "c.JPEG", "d.arw", "d.png"], ImageFolder.Enumerate(folder).Select(Path.GetFileName));
    }

    private static byte[] Jpeg(int longest) =>
        Thumbnail.ReadJpeg(ImageSource.FromPath(SharedFolder.AnyImage), orient: false, longest)!;

    /// <summary>
    /// The first directory has maker, model, orientation, a thumbnail's or preview's JPEG and what leads to others; the
    /// second the sensor's numbers, and in a Nikon the large preview.
    /// </summary>
    private static byte[] Photo(string form, bool isBigEndian, byte[] small, byte[] large)
    {
        TiffBytes tiff = new(isBigEndian);
        if (form == "cr2")
        {
            tiff.Raw("CR\u0002\0\0\0\0\0"u8.ToArray());
        }

        List<(int Tag, int Type, object Value)> first =
        [
            (271, 2, form == "nef" ? "NIKON CORPORATION" : "Maker"),
            (272, 2, form == "nef" ? "NIKON D850" : "Model"),
            (274, 3, 6),
            (34665, 4, new TiffBytes.Directory([(36867, 2, "2021:05:03 12:00:00")])),
        ];
        List<(int Tag, int Type, object Value)> sensor = [(262, 3, 32803), (259, 3, 7), (273, 4, large), (279, 4, large.Length)];
        switch (form)
        {
            case "cr2":
                first.AddRange([(259, 3, 6), (273, 4, large), (279, 4, large.Length)]);
                sensor = [(513, 4, small), (514, 4, small.Length)];
                break;
            case "arw":
                first.AddRange([(513, 4, large), (514, 4, large.Length)]);
                sensor = [(262, 3, 32803), (259, 3, 32767)];
                break;
            case "nef":
                sensor = [(262, 3, 32803), (513, 4, large), (514, 4, large.Length)];
                first.AddRange([(513, 4, small), (514, 4, small.Length)]);
                break;
            default:
                first.AddRange([(50706, 1, 1), (262, 3, 6), (259, 3, 7), (273, 4, large), (279, 4, large.Length)]);
                break;
        }

        first.Add((330, 4, new TiffBytes.Directory(sensor)));
        return tiff.Write(new(first));
    }
}
