using System.Buffers.Binary;
using Cupola.Images;
using NetVips;

namespace Cupola.Tests.Maps;

/// <summary>Where in an image a cosine comes from, as a program asks.</summary>
public sealed class ImageExplainerTests
{
    private static readonly string[] Texts = ["a red disc", "a blue canton"];

    [Fact]
    public void ATurnedImageIsExplainedAsTheUprightOne()
    {
        byte[] stored = Jpeg(orientation: 6);
        using RgbImage raw = ImageDecoder.DecodeBytes(stored, "stored"),
            turned = new(raw.Height, raw.Width);
        ImageOrientation.Undo(raw, 6, turned);
        string upright = TestFolder.NewFile("upright.png");
        PngFile.Write(upright, turned.Bytes.ToArray(), turned.Width, turned.Height);
        using ClipEmbedder embedder = ClipEmbedder.Load(BuiltInModels.Flags);
        using ImageExplainer explainer = ImageExplainer.Create(embedder, Texts);

        IReadOnlyList<ImageMap> asUpright = explainer.Explain(upright),
            oriented = explainer.Explain(ImageSource.FromBytes(stored), orient: true),
            asStored = explainer.Explain(ImageSource.FromBytes(stored));

        Assert.Equal(asUpright[0].Values.ToArray(), oriented[0].Values.ToArray(), IsNear);
        Assert.NotEqual(asUpright[0].Values.ToArray(), asStored[0].Values.ToArray(), IsNear);
    }

    [Fact]
    public void ATextHasTheSameMapWhateverElseIsAskedAndFromSeveralThreads()
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 });
        ImageSource image = SharedFolder.Own("pictures", "photo.png");
        EmbeddingMatrix texts = embedder.EmbedTexts(Texts);
        float[] cosines = new float[2];
        texts.Scores(embedder.EmbedImages([image]).Single().Vector, cosines);

        using ImageExplainer both = ImageExplainer.Create(embedder, Texts),
            second = ImageExplainer.Create(embedder, Texts[1..]);
        IReadOnlyList<ImageMap> alone = both.Explain(image);
        IReadOnlyList<ImageMap>[] several = [.. Enumerable.Range(0, 4).AsParallel().Select(_ => both.Explain(image))];

        Assert.All(several, maps => Assert.Equal(alone[1].Values.ToArray(), maps[1].Values.ToArray(), IsNear));
        Assert.Equal(alone[1].Values.ToArray(), second.Explain(image)[0].Values.ToArray(), IsNear);
        Assert.Equal(cosines[0], alone[0].Cosine, 5e-7f);
        Assert.Equal(alone[1].Values[9], alone[1][1, 1]);
        Assert.Equal((8, 8), (alone[0].Rows, alone[0].Columns));
        Assert.Throws<FileNotFoundException>(() => both.Explain("no/such/file.png"));
    }

    /// <summary>A first run has its weights where they lie, later ones rearranged, which rounds otherwise.</summary>
    private static bool IsNear(float expected, float actual) => Math.Abs(expected - actual) < 2e-7f;

    /// <summary>Bright at the upper left, wider than high, with a camera's note of how it was held.</summary>
    private static byte[] Jpeg(byte orientation)
    {
        using Image ramp = Image.Xyz(90, 60);
        using Image red = 255 - (ramp[0] * 2);
        using Image green = 255 - (ramp[1] * 4);
        using Image image = red.Bandjoin(green, red);
        byte[] jpeg = image.Cast(Enums.BandFormat.Uchar).JpegsaveBuffer();
        // One directory with one entry: tag 274, a short (TIFF 6.0).
        byte[] exif = [.. "Exif\0\0MM\0*\0\0\0\x8\0\x1\x1\x12\0\x3\0\0\0\x1\0"u8, orientation, 0, 0, 0, 0, 0, 0];
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(exif.Length + 2));
        return [.. jpeg[..2], 0xFF, 0xE1, .. length, .. exif, .. jpeg[2..]];
    }
}
