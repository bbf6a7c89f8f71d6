using System.Text;
using Cupola.Data;
using Cupola.Files;
using static Cupola.Tests.Data.Shard;

namespace Cupola.Tests.Data;

public sealed class CaptionedImagesTests
{
    [Theory]
    [InlineData("a.csv", "title,image\n\"a red disc, on white\",x/1.jpg\na blue cross,2.jpg\n")]
    [InlineData("a.tsv", "filepath\ttitle\r\nx/1.jpg\ta red disc, on white\r\n2.jpg\ta blue cross")]
    [InlineData(
        "a.jsonl",
        "{\"file_name\": \"x/1.jpg\", \"Text\": \"a red disc, on white\"}\n\n{\"text\": [\"a blue cross\"], \"file_name\": "
            + "\"2.jpg\", \"size\": {\"w\": 1}}"
    )]
    [InlineData(
        "a.JSONL",
        "\uFEFF{\"path\":\"x/1.jpg\",\"sentence\":\" a red disc, on white \"}\r\n{\"path\":\"2.jpg\",\"sentence\":\"a blue "
            + "cross\"}\r\n"
    )]
    public void CaptionsAreFoundByTheNamesTheyHaveInOtherPrograms(string name, string content)
    {
        string table = Table(content, name),
            folder = Path.GetDirectoryName(table)!;

        CaptionedImage[] images = [.. Open(table).Read(new SentenceLogger(Assert.Fail))];

        Assert.Equal(["a red disc, on white", "a blue cross"], images.Select(image => Assert.Single(image.Captions)));
        Assert.Equal([Path.Combine(folder, "x/1.jpg"), Path.Combine(folder, "2.jpg")], images.Select(image => image.Image.Name));
    }

    [Fact]
    public void ALineOfJsonMayHoldSeveralCaptions()
    {
        string table = Table("""{"image": "https://example.org/1.jpg", "caption": ["a dog", " ", "a pet", 7]}""", "a.jsonl");

        CaptionedImage image = Assert.Single(Open(table).Read(new SentenceLogger(Assert.Fail)));

        Assert.Equal(["a dog", "a pet", "7"], image.Captions);
        Assert.Equal("https://example.org/1.jpg", image.Image.Name);
    }

    [Fact]
    public void AMissingColumnIsASentenceThatNamesThoseThereAre()
    {
        Assert.Contains(
            "has no column of captions (caption, text, title, sentence); its columns are 'image, label'.",
            Assert.Throws<InvalidDataException>(() => Open(Table("image,label\n1.jpg,cat\n"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has no column of captions (caption, text, title, sentence); its columns are 'image, label'.",
            Assert.Throws<InvalidDataException>(() => Open(Table("""{"image": "1.jpg", "label": "cat"}""", "a.jsonl"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has no column of images",
            Assert.Throws<InvalidDataException>(() => Open(Table("""{"caption": "cat"}""", "a.jsonl"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no line of it is a JSON object",
            Assert.Throws<InvalidDataException>(() => Open(Table("[1]\n{\n", "a.jsonl"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void BrokenLinesAreToldAndTheRestGoesOn()
    {
        string table = Table(
            """
            {"image": "1.jpg", "caption": "a dog"}
            {"image": "2.jpg", "caption": ""}
            {"image": "3.jpg", "caption": {}}
            {"image": ["4.jpg"], "caption": "a cat"}
            {"image": "5.jpg", "caption": "a cat
            {"image": "6.jpg", "caption": "\ud800"}
            {"image": "7.jpg", "caption": "a \u001b[31mcat"}
            """,
            "a.jsonl"
        );
        List<string> broken = [];

        CaptionedImage[] images = [.. Open(table).Read(new SentenceLogger(broken.Add))];

        Assert.Equal(["a dog", "a  [31mcat"], images.Select(image => Assert.Single(image.Captions)));
        Assert.Equal(
            [
                $"Line 2 of {table} is skipped: its caption is missing.",
                $"Line 3 of {table} is skipped: its caption is missing.",
                $"Line 4 of {table} is skipped: its image is missing.",
                $"Line 5 of {table} is skipped: it is not a JSON object.",
                $"Line 6 of {table} is skipped: it is not a JSON object.",
            ],
            broken
        );
    }

    [Fact]
    public void ALineThatNeverEndsSwallowsNoMemory()
    {
        string table = Table(
            "{\"image\": \"1.jpg\", \"caption\": \"a dog\"}\n"
                + new string('x', 40 << 20)
                + "\n{\"image\": \"2.jpg\", \"caption\": \"a cat\"}",
            "a.jsonl"
        );
        List<string> broken = [];
        CaptionedImages dataset = Open(table);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(2, dataset.Read(new SentenceLogger(broken.Add)).Count());

        Assert.StartsWith("Line 2 of ", Assert.Single(broken), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
    }

    [Fact]
    public void LabelsMayStandInLinesOfJsonToo()
    {
        LabeledImages dataset = LabeledImages.Open(
            Table(
                "{\"image\": \"1.jpg\", \"label\": \"dog\"}\n{\"image\": \"2.jpg\", \"label\": 3}\n{\"image\": \"3.jpg\", "
                    + "\"label\": [\"a\", \"b\"]}\n",
                "a.jsonl"
            )
        );

        Assert.Equal(["dog", "3"], dataset.Read().Select(image => image.Label));
    }

    [Fact]
    public void ASamplesCaptionIsItsTxtElseThatOfItsJson()
    {
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("0.jpg", "first"),
            Entry("0.txt", "a dog\n"),
            Entry("0.cls", "7"),
            Entry("0.json", """{"caption": "another"}"""),
            Entry("1.json", """{"caption": "a cat", "label": "cat"}"""),
            Entry("1.png", "second"),
            Entry("2.jpg", "x"),
            Entry("2.cls", "7"),
            Entry("3.txt", "no image"),
            Entry("4.jpg", "x"),
            Entry("4.txt", " \n")
        );
        List<string> broken = [];

        CaptionedImage[] images = [.. Open(shard).Read(new SentenceLogger(broken.Add))];

        Assert.Equal(["a dog", "a cat"], images.Select(image => Assert.Single(image.Captions)));
        Assert.Equal(
            ["first", "second"],
            images.Select(image => Encoding.UTF8.GetString(image.Image.Read(TestContext.Current.CancellationToken)))
        );
        Assert.Equal(
            [
                $"{shard}/2 has no caption: a .txt in UTF-8, or a .json with \"caption\".",
                $"{shard}/3 has no image.",
                $"{shard}/4 has no caption: a .txt in UTF-8, or a .json with \"caption\".",
            ],
            broken
        );
    }

    private static CaptionedImages Open(string path) => CaptionedImages.Open(path);

    private static string Table(string content, string name = "images.csv")
    {
        string path = TestFolder.NewFile(name);
        File.WriteAllText(path, content);
        return path;
    }
}
