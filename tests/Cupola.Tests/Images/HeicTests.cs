using Cupola.Heic;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>Tests that change what the whole process can read, and so run alone.</summary>
[CollectionDefinition(nameof(HeicTests), DisableParallelization = true)]
public sealed class HeicAlone;

/// <summary>HEIC by the package Cupola.Heic.</summary>
[Collection(nameof(HeicTests))]
public sealed class HeicTests
{
    private static string Photo => SharedFolder.Need("reports", "13-heic", "a.heic");

    [Fact]
    public void A_photo_of_a_phone_is_seen_as_what_it_was_made_of()
    {
        using RgbImage seen = Decode(File.ReadAllBytes(Photo)),
            expected = ImageDecoder.Decode(SharedFolder.Need("reports", "13-heic", "src.png"));
        Assert.Equal((expected.Width, expected.Height), (seen.Width, seen.Height));
        int[] differences = [.. Enumerable.Range(0, seen.Bytes.Length).Select(at => Difference(seen, expected, at))];
        // HEVC loses a little, and no more than that.
        Assert.True(differences.Average() < 4, $"Bytes differ by {differences.Average()} on average.");

        static int Difference(RgbImage left, RgbImage right, int at) => Math.Abs(left.Bytes[at] - right.Bytes[at]);
    }

    [Fact]
    public void A_program_that_enables_it_reads_it_wherever_images_are_read()
    {
        byte[] file = File.ReadAllBytes(Photo);
        Assert.Contains("is HEIC", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        try
        {
            HeicImages.Enable();
            Assert.Equal((64, 48), Read(file));
        }
        finally
        {
            HeicDecoder.Optional = null;
        }

        static (int, int) Read(byte[] file)
        {
            using RgbImage image = ImageDecoder.DecodeBytes(file, "a.jpg");
            return (image.Width, image.Height);
        }
    }

    [Fact]
    public void A_damaged_one_is_told_and_a_large_one_refused_before_it_is_decoded()
    {
        byte[] file = File.ReadAllBytes(Photo);
        InvalidDataException cut = Assert.Throws<InvalidDataException>(() => Decode(file[..(file.Length / 2)]));
        Assert.StartsWith("a.heic is not an image that can be read: ", cut.Message, StringComparison.Ordinal);
        InvalidDataException large = Assert.Throws<InvalidDataException>(() => Decode(file, maximumPixels: 1000));
        Assert.Contains("a.heic has 64 × 48 pixels; more than 1000 are refused", large.Message, StringComparison.Ordinal);
        using RgbImage whole = Decode(file);
        Assert.Equal((64, 48), (whole.Width, whole.Height));
    }

    /// <summary>As the package does it, without what it changes for the whole process.</summary>
    private static RgbImage Decode(byte[] file, long maximumPixels = ImageDecoder.MaximumPixels) =>
        MagickDecoder.Decode(new EncodedImage(file, "a.heic", CancellationToken.None) { MaximumPixels = maximumPixels });
}
