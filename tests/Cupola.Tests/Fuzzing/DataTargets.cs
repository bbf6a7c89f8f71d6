using Cupola.Data;
using Cupola.Files;
using Cupola.Images;
using Cupola.Tests.Data;
using Cupola.Tests.Images;
using NetVips;

namespace Cupola.Tests.Fuzzing;

/// <summary>Images, tables of them, and shards.</summary>
internal static class DataTargets
{
    private static byte[] Bitmap => RandomImage.Bitmap(6, 5, seed: 1);

    public static IEnumerable<FuzzTarget> All()
    {
        yield return new("images", Images(), static (path, _) => Decode(path)) { MostBytes = 2L << 30 };
        FuzzSeed[] tables = [Table("pairs.csv", ","), Quoted];
        yield return new("csv", tables, ReadTable) { Beside = ImageFiles() };
        yield return new("tsv", [Table("pairs.tsv", "\t")], ReadTable) { Beside = ImageFiles() };
        yield return new("jsonl", [Lines], ReadTable) { Beside = ImageFiles() };
        yield return new("tar", [new("shard.tar", InputForm.Tar, Tar())], ReadTable) { Beside = ClassNames() };
    }

    private static FuzzSeed[] Images()
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", "pictures");
        IEnumerable<FuzzSeed> files = Directory
            .EnumerateFiles(golden)
            .Order(StringComparer.Ordinal)
            .Where(ImageFolder.IsImage)
            .Select(static path => FuzzSeed.Of(path, Path.GetExtension(path) == ".png" ? InputForm.Png : InputForm.Binary))
            .Where(static seed => seed.Bytes.Length < 20_000);
        using Image image = Image.NewFromBuffer(ReadableImage());
        return
        [
            .. files,
            new("a.bmp", InputForm.Binary, Bitmap),
            new("a.tif", InputForm.Binary, image.TiffsaveBuffer()),
            new("lzw.tif", InputForm.Binary, image.TiffsaveBuffer(Enums.ForeignTiffCompression.Lzw, tile: true)),
            new("a.jpg", InputForm.Binary, image.JpegsaveBuffer()),
            new("progressive.jpg", InputForm.Binary, image.JpegsaveBuffer(interlace: true)),
        ];
    }

    /// <summary>The same pixels in a form that libvips reads.</summary>
    private static byte[] ReadableImage()
    {
        string path = TestFolder.NewFile("a.png");
        using RgbImage image = RandomImage.Create(24, 20, seed: 2);
        PngFile.Write(path, image.Bytes.ToArray(), 24, 20);
        return File.ReadAllBytes(path);
    }

    private static void Decode(string path)
    {
        using RgbImage image = ImageDecoder.Decode(path, orient: path.Length % 2 == 0);
        ImagePreprocessing preprocessing = new(16);
        preprocessing.Apply(image, new byte[preprocessing.ByteCount]);
    }

    private static void ReadTable(string path, Action<string> told)
    {
        LabeledImages labeled = LabeledImages.Open(path);
        foreach (LabeledImage image in labeled.Read(new SentenceLogger(told)).Take(10_000))
        {
            ReadImage(image.Image, told);
        }

        _ = labeled.Labels.Count;
        foreach (CaptionedImage image in CaptionedImages.Open(path).Read(new SentenceLogger(told)).Take(10_000))
        {
            ReadImage(image.Image, told);
        }
    }

    /// <summary>Bytes only, and those of no address.</summary>
    private static void ReadImage(ImageSource image, Action<string> told)
    {
        try
        {
            if (!image.Name.Contains("://", StringComparison.Ordinal))
            {
                image.Read(CancellationToken.None);
            }
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            told(exception.Message);
        }
    }

    private static FuzzSeed Table(string name, string separator) =>
        FuzzSeed.Of(
            name,
            InputForm.Text,
            """
            image,label,caption
            0.bmp,a cat,a cat on a mat
            1.bmp,a dog,"a dog, and more"
            2.bmp,,nothing

            """.Replace(",", separator, StringComparison.Ordinal)
        );

    private static FuzzSeed Quoted =>
        FuzzSeed.Of(
            "pairs.csv",
            InputForm.Text,
            "\ufefffilepath,title,class\r\n\"0.bmp\",\"a \"\"cat\"\"\",cat\r\n\"1.bmp\",\"two\r\nlines\",dog\r\n"
        );

    private static FuzzSeed Lines =>
        FuzzSeed.Of(
            "pairs.jsonl",
            InputForm.JsonLines,
            """
            {"image":"0.bmp","label":"a cat","caption":"on a mat"}
            {"image":"1.bmp","label":"a dog","caption":["one","two"]}
            {"file_name":"2.bmp","text":"x","label":3}

            """
        );

    private static byte[] Tar()
    {
        string path = Shard.Write(
            TestFolder.NewFile("shard.tar"),
            ("000.bmp", Bitmap),
            Shard.Entry("000.cls", "1"),
            Shard.Entry("000.txt", "a cat"),
            ("001.bmp", Bitmap),
            Shard.Entry("001.json", """{"label":"dog","caption":"a dog"}"""),
            ("a/002.bmp", Bitmap),
            Shard.Entry("a/002.txt", "a frog")
        );
        return File.ReadAllBytes(path);
    }

    private static string[] ImageFiles()
    {
        string folder = TestFolder.New();
        return
        [
            .. Enumerable
                .Range(0, 3)
                .Select(index =>
                {
                    string path = Path.Combine(folder, $"{index}.bmp");
                    File.WriteAllBytes(path, Bitmap);
                    return path;
                }),
        ];
    }

    private static string[] ClassNames()
    {
        string path = TestFolder.NewFile("classnames.txt");
        File.WriteAllText(path, "cat\ndog\n");
        return [path];
    }
}
