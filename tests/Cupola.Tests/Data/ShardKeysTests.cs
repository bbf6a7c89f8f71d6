using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Cupola.Data;
using Cupola.Files;
using static Cupola.Tests.Data.Shard;

namespace Cupola.Tests.Data;

/// <summary>Entries of a shard that belong to no sample, wherever they stand.</summary>
public sealed class ShardKeysTests
{
    private static readonly (string Name, byte[] Content)[] Sample =
    [
        Entry("0.jpg", "first"),
        Entry("0.cls", "cat"),
        Entry("0.txt", "a cat"),
        Entry("1.jpg", "second"),
        Entry("1.cls", "dog"),
        Entry("1.txt", "a dog"),
    ];

    [Theory]
    [InlineData(".DS_Store")]
    [InlineData("._0.jpg")]
    [InlineData("._0.cls")]
    [InlineData("._.txt")]
    [InlineData("./._0.jpg")]
    [InlineData("deep/._0.jpg")]
    [InlineData("deep/.hidden.jpg")]
    [InlineData("README")]
    [InlineData("deep.er/LICENSE")]
    [InlineData("__MACOSX/._0.jpg")]
    [InlineData("__MACOSX/0.jpg")]
    [InlineData("@eaDir/0.jpg/SYNO.jpg")]
    [InlineData("__meta__")]
    [InlineData("__meta__/0.json")]
    public void AnEntryWithoutAKeyIsPassedOverAndEndsNoSample(string name)
    {
        for (int place = 0; place <= Sample.Length; place++)
        {
            List<(string, byte[])> entries = [.. Sample];
            entries.Insert(place, Entry(name, "odd"));
            string shard = Write(TestFolder.NewFile("a.tar"), entries);

            LabeledImage[] labeled = [.. LabeledImages.Open(shard).Read(new SentenceLogger(Assert.Fail))];
            IEnumerable<CaptionedImage> captioned = CaptionedImages.Open(shard).Read(new SentenceLogger(Assert.Fail));
            Assert.Equal(["cat", "dog"], labeled.Select(image => image.Label));
            Assert.Equal("first"u8, labeled[0].Image.Read(TestContext.Current.CancellationToken));
            Assert.Equal(["a cat", "a dog"], captioned.Select(image => Assert.Single(image.Captions)));
        }
    }

    [Fact]
    public void ALabelThatIsNoTextIsToldAndNotTakenFromTheCaption()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("0.jpg", "x"),
            ("0.cls", Encoding.Latin1.GetBytes("vélo")),
            Entry("0.txt", "a caption"),
            Entry("1.jpg", "x"),
            ("1.cls", [0xff, 0xfe, .. Encoding.Unicode.GetBytes("dog\r\n")]),
            ("1.txt", Encoding.Latin1.GetBytes("vélo"))
        );
        List<string> broken = [];

        Assert.Equal("dog", Assert.Single(LabeledImages.Open(shard).Read(new SentenceLogger(broken.Add))).Label);
        Assert.Equal(
            "a caption",
            Assert.Single(Assert.Single(CaptionedImages.Open(shard).Read(new SentenceLogger(broken.Add))).Captions)
        );
        Assert.Equal(
            [$"{shard}/0 has a .cls that is not text in UTF-8.", $"{shard}/1 has a .txt that is not text in UTF-8."],
            broken
        );
    }

    [Fact]
    public void OtherNamesOfWebdatasetsDecodersCount()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("0.image.JPG", "x"),
            Entry("0.class", "3"),
            Entry("1.png", "x"),
            Entry("1.text", "a cat")
        );

        IEnumerable<LabeledImage> images = LabeledImages.Open(shard).Read(new SentenceLogger(Assert.Fail));

        Assert.Equal(["3", "a cat"], images.Select(image => image.Label));
    }

    [Fact]
    public void LinksInAnArchiveReadNoOtherFile()
    {
        string shard = TestFolder.NewFile("a.tar"),
            secret = TestFolder.NewFile("secret.txt");
        File.WriteAllText(secret, "secret");
        using (TarWriter tar = new(File.Create(shard), TarEntryFormat.Ustar))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "0.jpg") { DataStream = new MemoryStream([1]) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "0.cls") { LinkName = secret });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.HardLink, "0.txt") { LinkName = secret });
        }

        List<string> broken = [];
        Assert.Empty(LabeledImages.Open(shard).Read(new SentenceLogger(broken.Add)));
        Assert.Contains("has no label", Assert.Single(broken), StringComparison.Ordinal);
    }

    [Fact]
    public void ACompressedShardIsASentenceThatSaysWhatToDo()
    {
        string folder = TestFolder.New(),
            named = Path.Combine(folder, "a.tar.gz"),
            disguised = TestFolder.NewFile("a.tar");
        foreach (string path in new[] { named, disguised })
        {
            using GZipStream zipped = new(File.Create(path), CompressionLevel.Fastest);
            zipped.Write(File.ReadAllBytes(Write(TestFolder.NewFile("b.tar"), Sample)));
        }

        foreach (string dataset in new[] { named, folder })
        {
            InvalidDataException problem = Assert.Throws<InvalidDataException>(() => LabeledImages.Open(dataset));
            Assert.Contains("a.tar.gz is compressed", problem.Message, StringComparison.Ordinal);
        }

        List<string> broken = [];
        Assert.Empty(LabeledImages.Open(disguised).Read(new SentenceLogger(broken.Add)));
        Assert.Contains("gunzip", Assert.Single(broken), StringComparison.Ordinal);
    }
}
