using System.Security.Cryptography;
using System.Text.Json;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>
/// Small images of every form, and every preprocessing a configuration can name, as Pillow 9.4 has them
/// (Golden/pictures/make.py).
/// </summary>
public sealed class ImageFormsTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(PathOf("expected.json"))).RootElement;

    public static TheoryData<string> Images =>
        [.. Golden.GetProperty("pictures").EnumerateObject().Select(static image => image.Name)];

    public static TheoryData<string, int, string, string, byte, string> Crops
    {
        get
        {
            TheoryData<string, int, string, string, byte, string> data = [];
            foreach (JsonElement crop in Golden.GetProperty("crops").EnumerateArray())
            {
                data.Add(
                    crop.GetProperty("picture").GetString()!,
                    crop.GetProperty("size").GetInt32(),
                    crop.GetProperty("resize_mode").GetString()!,
                    crop.GetProperty("interpolation").GetString()!,
                    crop.GetProperty("fill_color").GetByte(),
                    crop.GetProperty("sha256").GetString()!
                );
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void EveryFormGivesPillowsBytes(string name)
    {
        JsonElement expected = Golden.GetProperty("pictures").GetProperty(name);

        using RgbImage image = ImageDecoder.Decode(PathOf(name));

        Assert.Equal(
            (expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32()),
            (image.Width, image.Height)
        );
        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(image.Bytes)));
    }

    [Theory]
    [MemberData(nameof(Crops))]
    public void EveryPreprocessingGivesTheReferencesCrop(
        string name,
        int size,
        string mode,
        string interpolation,
        byte fill,
        string sha256
    )
    {
        ImagePreprocessing preprocessing = new(size)
        {
            Mode = Enum.Parse<ResizeMode>(mode, ignoreCase: true),
            Interpolation = Enum.Parse<Interpolation>(interpolation, ignoreCase: true),
            FillColor = fill,
        };
        byte[] crop = new byte[preprocessing.ByteCount];

        using RgbImage image = ImageDecoder.Decode(PathOf(name));
        preprocessing.Apply(image, crop);

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(crop)));
    }

    [Theory]
    [InlineData("transparent.gif")]
    [InlineData("interlaced.gif")]
    [InlineData("larger-canvas.gif")]
    public void ACutGifIsRefusedAndADamagedOneGivesAImageOrASentence(string name)
    {
        byte[] whole = File.ReadAllBytes(PathOf(name));
        // The last bytes hold no pixels: the code that ends them, an empty block, and the file's end mark.
        for (int length = 6; length < whole.Length - 5; length++)
        {
            Assert.Contains(
                "cut.gif",
                Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeBytes(whole[..length], "cut.gif")).Message,
                StringComparison.Ordinal
            );
        }

        Random random = new(5);
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(10, damaged.Length)] = (byte)random.Next(256);
            try
            {
                ImageDecoder.DecodeBytes(damaged, "damaged.gif").Dispose();
            }
            catch (InvalidDataException exception)
            {
                Assert.StartsWith("damaged.gif ", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "pictures", name);
}
