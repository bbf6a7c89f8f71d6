using System.Text.Json;
using Cupola.Images;
using Cupola.Tests.Images;
using Cupola.Training.Data;

namespace Cupola.Tests.Training.Data;

public sealed class ImageAugmentationTests
{
    private const ulong Seed = 17;

    private static readonly ImagePreprocessing Small = new(24);

    [Theory]
    [InlineData(40, 30, nameof(ResizeMode.Shortest))]
    [InlineData(24, 24, nameof(ResizeMode.Shortest))]
    [InlineData(31, 90, nameof(ResizeMode.Longest))]
    [InlineData(7, 11, nameof(ResizeMode.Squash))]
    public void NoneIsTheModelsOwnPreprocessingByteForByte(int width, int height, string mode)
    {
        ImagePreprocessing preprocessing = Small with { Mode = Enum.Parse<ResizeMode>(mode) };
        using RgbImage image = RandomImage.Create(width, height, seed: 1);
        byte[] expected = new byte[preprocessing.ByteCount];
        preprocessing.Apply(image, expected);

        Assert.Equal(expected, Augment(ImageAugmentation.None, image, epoch: 3, pair: 5, preprocessing: preprocessing));
    }

    [Fact]
    public void WhatIsSeenFollowsFromSeedEpochAndPairAlone()
    {
        ImageAugmentation augmentation = new(0.3f, flip: true, 0.4f);
        using RgbImage image = RandomImage.Create(50, 40, seed: 2);

        byte[] seen = Augment(augmentation, image, epoch: 1, pair: 1);

        Assert.NotEqual(seen, Augment(augmentation, image, epoch: 2, pair: 1));
        Assert.NotEqual(seen, Augment(augmentation, image, epoch: 1, pair: 2));
        Assert.NotEqual(seen, Augment(augmentation, image, epoch: 1, pair: 1, seed: 18));
        Assert.Equal(seen, Augment(augmentation, image, epoch: 1, pair: 1));
    }

    [Fact]
    public void AFlipIsAMirrorAndComesEveryOtherTime()
    {
        ImageAugmentation flip = new(1, flip: true, 0);
        using RgbImage image = RandomImage.Create(33, 24, seed: 3);
        byte[] plain = Augment(ImageAugmentation.None, image, epoch: 0, pair: 0);
        byte[] mirror = [.. plain.Chunk(24 * 3).SelectMany(row => row.Chunk(3).Reverse()).SelectMany(pixel => pixel)];
        int mirrored = 0;
        for (int epoch = 0; epoch < 1000; epoch++)
        {
            byte[] seen = Augment(flip, image, epoch, pair: 0);
            mirrored += seen.AsSpan().SequenceEqual(mirror) ? 1 : 0;
            Assert.True(seen.AsSpan().SequenceEqual(mirror) || seen.AsSpan().SequenceEqual(plain));
        }

        // Five standard deviations of a thousand tosses.
        Assert.InRange(mirrored, 421, 579);
    }

    [Theory]
    [InlineData(640, 480, 0.08)]
    [InlineData(480, 640, 0.5)]
    [InlineData(64, 64, 0.9)]
    public void AreaAndAspectOfARandomPartStayWithinTheirBoundsAndReachThem(int width, int height, double smallest)
    {
        RandomCrop[] crops =
        [
            .. Enumerable
                .Range(0, 2000)
                .Select(pair => RandomCrop.Draw(width, height, smallest, new(Seed, RandomUse.Crop, epoch: 0, pair))),
        ];
        double[] shares = [.. crops.Select(crop => (double)crop.Width * crop.Height / (width * height))],
            aspects = [.. crops.Select(crop => (double)crop.Width / crop.Height)];

        Assert.All(crops, crop =>
            Assert.True(crop.Left >= 0 && crop.Top >= 0 && crop.Left + crop.Width <= width && crop.Top + crop.Height <= height)
        );
        // Sides are whole pixels, so areas and aspects are off by up to about a pixel's share of a side.
        double rounding = 1.5 / Math.Sqrt(smallest * Math.Min(width, height) * Math.Min(width, height));
        Assert.InRange(shares.Min(), smallest * (1 - rounding), smallest + 0.05);
        Assert.InRange(shares.Max(), 0.9, 1);
        Assert.All(aspects, aspect => Assert.InRange(aspect, 0.75 * (1 - rounding), 4.0 / 3 * (1 + rounding)));
        Assert.True(crops.Select(crop => (crop.Left, crop.Top)).Distinct().Count() > 20);
    }

    [Theory]
    [InlineData(1000, 10, 493, 0, 13, 10)]
    [InlineData(10, 1000, 0, 493, 10, 13)]
    public void WhereNoPartFitsTheMiddleIsTaken(int width, int height, int left, int top, int partWidth, int partHeight) =>
        Assert.Equal(
            new RandomCrop(left, top, partWidth, partHeight),
            RandomCrop.Draw(width, height, 0.9, new(Seed, RandomUse.Crop, epoch: 0, pair: 0))
        );

    [Fact]
    public void PartsAndColorsArePillowsByteForByte()
    {
        using JsonDocument golden = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "augmentation", "expected.json"))
        );
        byte[] pixels = golden.RootElement.GetProperty("pixels").GetBytesFromBase64();
        using RgbImage image = new(
            golden.RootElement.GetProperty("width").GetInt32(),
            golden.RootElement.GetProperty("height").GetInt32()
        );
        pixels.CopyTo(image.Bytes);

        foreach (JsonElement expected in golden.RootElement.GetProperty("enhanced").EnumerateArray())
        {
            byte[] enhanced = [.. pixels];
            string what = expected.GetProperty("what").GetString()!;
            float factor = expected.GetProperty("factor").GetSingle();
            switch (what)
            {
                case "brightness":
                    ColorJitter.Brighten(enhanced, factor);
                    break;
                case "contrast":
                    ColorJitter.Contrast(enhanced, factor);
                    break;
                default:
                    ColorJitter.Saturate(enhanced, factor);
                    break;
            }

            Assert.True(enhanced.AsSpan().SequenceEqual(expected.GetProperty("pixels").GetBytesFromBase64()), $"{what} {factor}");
        }

        foreach (JsonElement expected in golden.RootElement.GetProperty("cropped").EnumerateArray())
        {
            int Number(string name) => expected.GetProperty(name).GetInt32();
            using RgbImage part = new RandomCrop(Number("left"), Number("top"), Number("width"), Number("height")).Apply(image);
            byte[] resized = new byte[Number("size") * Number("size") * 3];
            new ImagePreprocessing(Number("size")) { Mode = ResizeMode.Squash }.Apply(part, resized);
            Assert.Equal(expected.GetProperty("pixels").GetBytesFromBase64(), resized);
        }
    }

    [Fact]
    public void ColorsChangeAsFarAsTheirStrengthSaysAndNoFurther()
    {
        byte[] grey = [100, 100, 100];
        HashSet<byte> seen = [];
        for (int pair = 0; pair < 2000; pair++)
        {
            byte[] pixels = [.. grey];
            ColorJitter.Apply(pixels, 0.5, new(Seed, RandomUse.ColorJitter, epoch: 0, pair));
            // One grey pixel has neither contrast nor saturation, so its brightness alone shows.
            seen.Add(pixels[0]);
            Assert.True(pixels[0] == pixels[1] && pixels[1] == pixels[2]);
        }

        Assert.InRange(seen.Min(), 50, 52);
        Assert.InRange(seen.Max(), 147, 150);
        Assert.True(seen.Count > 90);
    }

    [Fact]
    public void AShareOrAStrengthThatIsNoneIsASentence()
    {
        Assert.Contains(
            "not 0",
            Assert.Throws<ArgumentException>(() => new ImageAugmentation(0, flip: false, 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => new ImageAugmentation(1.5f, flip: false, 0));
        Assert.Throws<ArgumentException>(() => new ImageAugmentation(float.NaN, flip: false, 0));
        Assert.Contains(
            "not -1",
            Assert.Throws<ArgumentException>(() => new ImageAugmentation(1, flip: false, -1)).Message,
            StringComparison.Ordinal
        );
    }

    private static byte[] Augment(
        ImageAugmentation augmentation,
        RgbImage image,
        long epoch,
        int pair,
        ulong seed = Seed,
        ImagePreprocessing? preprocessing = null
    )
    {
        byte[] seen = new byte[(preprocessing ?? Small).ByteCount];
        augmentation.Apply(image, preprocessing ?? Small, seed, epoch, pair, seen);
        return seen;
    }
}
