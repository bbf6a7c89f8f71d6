using System.Text;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>What cannot be read is refused, each with its own reason, and what it is is told.</summary>
public sealed class BrokenImageTests
{
    public static TheoryData<string> CutFormats =>
        [
            "photo.png",
            "lossy.webp",
            "remark.jpg",
            "cmyk.jpg",
            "transparent.gif",
            "turned-6.tif",
            "turned-big-endian.tif",
            "turned-big.tif",
            "turned-P.tif",
            "turned-1.tif",
            "os2-24.bmp",
            "rle8.bmp",
            "rle4.bmp",
            "binary-3-255.pnm",
            "text-3-255.pnm",
            "binary-bits.pnm",
        ];

    [Theory]
    [MemberData(nameof(CutFormats))]
    public void AFileThatIsCutInItsPixelsIsRefused(string name)
    {
        byte[] whole = Golden(name);

        foreach (int length in (ReadOnlySpan<int>)[whole.Length / 4, whole.Length / 2, whole.Length * 3 / 4])
        {
            Assert.StartsWith(
                "cut ",
                Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(whole[..length], "cut")).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData("turned-6.tif", 1)]
    [InlineData("turned-6.tif", 64)]
    [InlineData("turned-big-endian.tif", 30)]
    [InlineData("os2-24.bmp", 4)]
    [InlineData("rle8.bmp", 6)]
    [InlineData("binary-3-65535.pnm", 1)]
    public void AFileThatLacksItsLastPixelsIsRefused(string name, int bytes)
    {
        byte[] whole = Golden(name);

        Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(whole[..^bytes], "cut"));
    }

    [Fact]
    public void TheReasonIsTheImagesOwnOnAnyNumberOfThreads()
    {
        byte[] jpeg = Golden("cmyk.jpg"),
            png = Golden("photo.png"),
            remark = Golden("remark.jpg");
        (byte[] Bytes, string? Reason)[] kinds =
        [
            (jpeg[..(jpeg.Length / 2)], "image is not an image that can be read: premature end of JPEG image."),
            (png[..(png.Length / 2)], "image is not an image that can be read: libpng read error."),
            (remark, null),
        ];

        Parallel.For(0, 300, new() { MaxDegreeOfParallelism = 4 }, index =>
        {
            (byte[] bytes, string? reason) = kinds[index % kinds.Length];
            string? told = null;
            try
            {
                ImageDecoder.DecodeBytes(bytes, "image").Dispose();
            }
            catch (InvalidDataException exception)
            {
                told = exception.Message;
            }

            Assert.Equal(reason, told);
        });
    }

    [Theory]
    [InlineData("heic", "")]
    [InlineData("heix", "mif1")]
    [InlineData("hevc", "msf1")]
    [InlineData("mif1", "mif1heic")]
    [InlineData("msf1", "hevxmsf1")]
    [InlineData("mif1", "miafheim")]
    public void AnHevcBrandIsToldAsHeic(string main, string others) =>
        Assert.Equal(
            "a.jpg is HEIC, whose codec (HEVC) this build does not have; "
                + "convert it to JPEG or PNG, or set the phone to 'most compatible'.",
            Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(Media(main, others), "a.jpg")).Message
        );

    [Theory]
    [InlineData("avif", "mif1heic")]
    [InlineData("mif1", "mif1avif")]
    [InlineData("mif1", "miaf")]
    public void WhatIsOrMayBeAvifIsNotToldAsHeic(string main, string others) =>
        Assert.DoesNotContain(
            "HEIC",
            Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(Media(main, others), "a.jpg")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("\0\0\0\fjP  \r\n\u0087\n", "is a JPEG 2000 image, which is not read here; save it as PNG or JPEG.")]
    [InlineData("8BPS\0\u0001", "is a Photoshop document, which is not read here; save it as PNG or JPEG.")]
    [InlineData(
        "\n<!DOCTYPE html><html><title>404</title>",
        "is a web page and not an image; take the address of the image itself."
    )]
    [InlineData(
        "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        "is an SVG drawing, which is not read here; save it as PNG or JPEG."
    )]
    [InlineData("3 3\n1 2 3\n4 5 6\n7 8 9\n", "is not an image that can be read: its content has no known image format.")]
    [InlineData(
        "\0\0\0\u0018ftypisom\0\0\0\0isomavc1",
        "is a media file of the kind 'isom' and not an image that is read here; save it as PNG or JPEG."
    )]
    public void WhatIsNotReadIsToldByItsContent(string content, string told) =>
        Assert.Equal(
            $"a.jpg {told}",
            Assert
                .Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(Encoding.Latin1.GetBytes(content), "a.jpg"))
                .Message
        );

    [Theory]
    [InlineData(16, "bitmaps whose header has 16 bytes are not read; save it as PNG")]
    [InlineData(56, "bitmaps whose header has 56 bytes are not read; save it as PNG")]
    [InlineData(200, "bitmaps whose header has 200 bytes are not read; save it as PNG")]
    public void ABitmapOfAnUnknownHeaderIsToldTruly(byte size, string told)
    {
        byte[] bytes = Golden("555.bmp");
        bytes[14] = size;

        Assert.Equal(
            $"a.bmp is not an image that can be read: {told}.",
            Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(bytes, "a.bmp")).Message
        );
    }

    [Theory]
    [InlineData("photo.png", 16)]
    [InlineData("os2-24.bmp", 18)]
    [InlineData("turned-6.tif", 18)]
    public void AClaimOfTooManyPixelsIsRefusedBeforeAnythingIsDecoded(string name, int place)
    {
        byte[] bytes = Golden(name);
        bytes.AsSpan(place, 4).Fill(0x7F);
        if (name.EndsWith(".bmp", StringComparison.Ordinal))
        {
            // OS/2's sides have two bytes each, and this is both.
            Assert.Contains("32639 × 32639 pixels", Message(bytes), StringComparison.Ordinal);
            return;
        }

        Assert.Contains("pixels; more than 178956970 are refused", Message(bytes), StringComparison.Ordinal);
    }

    private static string Message(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(bytes, "a")).Message;

    private static byte[] Media(string main, string others) =>
        [
            0,
            0,
            0,
            (byte)(16 + others.Length),
            .. Encoding.ASCII.GetBytes("ftyp" + main),
            0,
            0,
            0,
            0,
            .. Encoding.ASCII.GetBytes(others),
            0,
            0,
            0,
            8,
            .. "mdat"u8,
        ];

    private static byte[] Golden(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "pictures", name));
}
