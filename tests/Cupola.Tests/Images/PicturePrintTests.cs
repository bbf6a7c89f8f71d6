using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>What a picture keeps through another size and quality, and what flat images do not have.</summary>
public sealed class PicturePrintTests
{
    [Fact]
    public void APictureKeepsItsPrintInAnotherSizeAndALowerQuality()
    {
        string image = SharedFolder.AnyImage;
        PicturePrint whole = Print(File.ReadAllBytes(image))!.Value,
            small = Print(Thumbnail.ReadJpeg(ImageSource.FromPath(image), orient: false, 97)!)!.Value;

        Assert.True(whole.IsNear(small));
        Assert.False(whole.IsNear(small with { Aspect = small.Aspect * 1.05 }));
        Assert.False(whole.IsNear(small with { Bits = small.Bits ^ 0x7F }));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 0)]
    [InlineData(40, 1)]
    public void AFlatImageHasNone(byte gray, int noise)
    {
        Random random = new(4);
        using RgbImage image = new(64, 48);
        foreach (ref byte value in image.Bytes)
        {
            value = (byte)Math.Clamp(gray + random.Next(-noise, noise + 1), 0, 255);
        }

        Assert.Null(PicturePrint.Of(image));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(1000, 1)]
    public void AnImageOfFewerPixelsThanAreasIsNoError(int width, int height)
    {
        using RgbImage image = new(width, height);
        image.Bytes.Clear();

        Assert.Null(PicturePrint.Of(image));
    }

    private static PicturePrint? Print(byte[] file)
    {
        using RgbImage image = ImageDecoder.DecodeBytes(file, "image");
        return PicturePrint.Of(image);
    }
}
