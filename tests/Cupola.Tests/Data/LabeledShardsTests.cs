using System.Text;
using Cupola.Data;
using Cupola.Files;
using static Cupola.Tests.Data.Shard;

namespace Cupola.Tests.Data;

public sealed class LabeledShardsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void EntriesWithOneKeyAreASampleAndItsLabelIsClsElseJsonElseTxt()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("000.jpg", "first"),
            Entry("000.cls", "cat\n"),
            Entry("000.txt", "a caption"),
            Entry("deep.er/001.txt", "tree frog"),
            Entry("deep.er/001.PNG", "second"),
            Entry("002.json", """{"label": "dog", "caption": "x"}"""),
            Entry("002.webp", "third"),
            Entry("002.seg.png", "mask"),
            Entry("002.txt", "a caption")
        );

        LabeledImages dataset = LabeledImages.Open(shard);
        LabeledImage[] images = [.. dataset.Read(new SentenceLogger(Assert.Fail))];

        Assert.Equal(["cat", "tree frog", "dog"], images.Select(image => image.Label));
        Assert.Equal(
            ["first", "second", "third"],
            images.Select(image => Encoding.UTF8.GetString(image.Image.Read(Cancellation)))
        );
        Assert.Equal($"{shard}/deep.er/001.PNG", images[1].Name);
        Assert.Equal(["cat", "dog", "tree frog"], dataset.Labels);
    }

    [Fact]
    public void NumbersBecomeNamesWhereClassNamesAreKnown()
    {
        string folder = TestFolder.New(),
            shards = Directory.CreateDirectory(Path.Combine(folder, "test")).FullName;
        Write(
            Path.Combine(shards, "0.tar"),
            Entry("0.jpg", "x"),
            Entry("0.cls", "1"),
            Entry("1.jpg", "x"),
            Entry("1.json", """{"label": 0}""")
        );

        Assert.Equal(["1", "0"], LabeledImages.Open(shards).Read().Select(image => image.Label));

        File.WriteAllText(Path.Combine(folder, "classnames.txt"), "tench\ngreat white shark\n");
        Assert.Equal(["great white shark", "tench"], LabeledImages.Open(shards).Read().Select(image => image.Label));
        Assert.Equal(["tench", "great white shark"], LabeledImages.Open(shards).Labels);

        File.WriteAllText(Path.Combine(shards, "classes.json"), """["a", "b"]""");
        Assert.Equal(["b", "a"], LabeledImages.Open(shards).Read().Select(image => image.Label));
        Assert.Equal(["d", "c"], LabeledImages.Open(shards, ["c", "d"]).Read().Select(image => image.Label));
    }

    [Fact]
    public void WhatIsNoSampleIsToldAndTheRestGoesOn()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("0.jpg", "x"),
            Entry("1.cls", "0"),
            Entry("2.jpg", "x"),
            Entry("2.cls", "7"),
            ("3.txt", [0xff, 0xfe, 0xff]),
            Entry("3.jpg", "x"),
            Entry("4.jpg", "x"),
            ("4.txt", new byte[(1 << 20) + 1]),
            Entry("../../5.jpg", "x"),
            Entry("../../5.cls", "0")
        );
        List<string> broken = [];

        LabeledImage image = Assert.Single(LabeledImages.Open(shard, ["cat"]).Read(new SentenceLogger(broken.Add)));

        Assert.Equal("cat", image.Label);
        Assert.Equal("x"u8, image.Image.Read(Cancellation));
        Assert.Collection(
            broken,
            told => Assert.Contains($"{shard}/0 has no label", told, StringComparison.Ordinal),
            told => Assert.Equal($"{shard}/1 has no image.", told),
            told => Assert.Equal($"{shard}/2 has class '7', and there are 1 class names.", told),
            told => Assert.Contains($"{shard}/3 has no label", told, StringComparison.Ordinal),
            told => Assert.Contains($"{shard}/4 has no label", told, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ABrokenShardGivesWhatStandsBeforeTheDamageAndTheNextGoesOn()
    {
        string folder = TestFolder.New();
        string cut = Write(
            Path.Combine(folder, "s-00.tar"),
            Entry("0.jpg", "x"),
            Entry("0.cls", "a"),
            ("1.jpg", new byte[5000]),
            Entry("1.cls", "b")
        );
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..4000]);
        File.WriteAllText(Path.Combine(folder, "s-01.tar"), new string('h', 2000));
        File.WriteAllBytes(Path.Combine(folder, "s-02.tar"), []);
        Write(Path.Combine(folder, "s-03.tar"), Entry("0.jpg", "x"), Entry("0.cls", "c"));
        List<string> broken = [];

        LabeledImages dataset = LabeledImages.Open(Path.Combine(folder, "s-{00..03}.tar"));

        Assert.Equal(["a", "c"], dataset.Read(new SentenceLogger(broken.Add)).Select(image => image.Label));
        Assert.Collection(
            broken,
            told =>
                Assert.Equal($"{cut} is damaged after its first 1 samples, and the rest is skipped: it ends too early.", told),
            told => Assert.Contains("s-01.tar is not a tar archive that can be read", told, StringComparison.Ordinal),
            told => Assert.Contains("s-02.tar contains no samples", told, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void NoDamageWhateverEndsTheReadingOtherwise()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Enumerable.Range(0, 6).SelectMany(key => new[] { Entry($"{key}.jpg", "x"), Entry($"{key}.cls", "cat") })
        );
        byte[] good = File.ReadAllBytes(shard);
        Random random = new(20261124);
        int damaged = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int change = 0; change < 8; change++)
            {
                // Mostly in the headers, which are every second block.
                bad[(random.Next(good.Length / 1024) * 1024) + random.Next(512)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(shard, round % 3 == 0 ? bad[..random.Next(bad.Length)] : bad);
            foreach (LabeledImage image in LabeledImages.Open(shard).Read(new SentenceLogger(_ => damaged++)))
            {
                image.Image.Read(Cancellation);
            }
        }

        Assert.True(damaged > 100, $"Only {damaged} things were told.");
    }

    [Fact]
    public void ShardsAreWalkedNoFurtherThanAskedForAndMayBeReadAgain()
    {
        string folder = TestFolder.New();
        Write(Path.Combine(folder, "0.tar"), Entry("0.jpg", "x"), Entry("0.cls", "a"));
        File.WriteAllText(Path.Combine(folder, "1.tar"), new string('h', 2000));
        LabeledImages dataset = LabeledImages.Open(folder);

        for (int reading = 0; reading < 2; reading++)
        {
            Assert.Equal("a", dataset.Read(new SentenceLogger(Assert.Fail)).First().Label);
        }
    }

    [Fact]
    public void ADamagedPatternOrAMissingShardIsASentence()
    {
        string folder = TestFolder.New();
        Write(Path.Combine(folder, "0.tar"));

        Assert.Contains(
            "1.tar",
            Assert.Throws<FileNotFoundException>(() => LabeledImages.Open(Path.Combine(folder, "{0..1}.tar"))).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => LabeledImages.Open(Path.Combine(folder, "{3..1}.tar")));
        Assert.Throws<ArgumentException>(() => LabeledImages.Open(Path.Combine(folder, "{0..999999999}.tar")));
        Assert.Throws<ArgumentException>(() => LabeledImages.Open(Path.Combine(folder, "{000..999}-{000..999}.tar")));
        Assert.Contains(
            "classes.json",
            Assert
                .Throws<InvalidDataException>(() =>
                {
                    File.WriteAllText(Path.Combine(folder, "classes.json"), "{");
                    LabeledImages.Open(folder);
                })
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void APatternMayHoldSeveralRanges() =>
        Assert.Equal(["a1-09.tar", "a1-10.tar", "a2-09.tar", "a2-10.tar"], ShardPattern.Expand("a{1..2}-{09..10}.tar"));

    [Fact]
    public void RealShardsGiveEveryImageWithItsLabel()
    {
        string shards = Path.Combine(SharedFolder.Need("data", "photos-train"), "caltech101-{000..002}.tar");

        LabeledImage[] images = [.. LabeledImages.Open(shards).Read(new SentenceLogger(Assert.Fail))];

        Assert.Equal(5260, images.Length);
        using Cupola.Images.RgbImage image = images[^1].Image.Decode(cancellationToken: Cancellation);
        Assert.True(image.Width > 10);
    }
}
