using System.Security.Cryptography;
using System.Text.Json;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>What the model sees of 33 images, byte for byte as Pillow 9.4 and torchvision give it.</summary>
public sealed class PixelParityTests
{
    public static TheoryData<string> Images =>
        [
            "123_456.jpg",
            "208_495.jpg",
            "321_421.jpg",
            "389_535.jpg",
            "416_264.jpg",
            "456_123.jpg",
            "524_316.jpg",
            "astronaut.png",
            "camera.png",
            "chelsea.png",
            "coffee.png",
            "franz-kafka.jpg",
            "horse.png",
            "motorcycle_left.png",
            "motorcycle_right.png",
            "page.png",
            "rocket.jpg",
            "alpha.png",
            "bilevel.png",
            "cmyk.jpg",
            "exact.png",
            "frames.gif",
            "gray-alpha.png",
            "gray.jpg",
            "lossless.webp",
            "palette.png",
            "progressive.jpg",
            "rotated-by-exif.jpg",
            "subsampled.jpg",
            "tall.png",
            "tiny.png",
            "wide.jpg",
            "windows.bmp",
        ];

    [Theory]
    [MemberData(nameof(Images))]
    public void TheCropIsPillowsByteForByte(string name)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Need("parity", "pixels", "expected.json")));
        string expected = golden.RootElement.GetProperty(name).GetProperty("sha256_of_crop").GetString()!;
        string input = Path.Combine(SharedFolder.Need("parity", "pixels", "inputs"), name);

        using RgbImage image = ImageDecoder.Decode(File.Exists(input) ? input : SharedFolder.Need("data", "photos", name));
        ImagePreprocessing preprocessing = new(224);
        byte[] crop = new byte[preprocessing.ByteCount];
        preprocessing.Apply(image, crop);

        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(crop)));
    }
}
