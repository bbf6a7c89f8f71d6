using Cupola.Data;
using Cupola.Files;

namespace Cupola.Tests.Data;

public sealed class LabelTableTests
{
    [Theory]
    [InlineData("a.csv", "id,Label,FilePath\n1,\"tree frog, green\",x/1.jpg\n2,cat,2.jpg\n")]
    [InlineData("a.tsv", "class\timage\r\ntree frog, green\tx/1.jpg\r\ncat\t2.jpg\r\n")]
    [InlineData("a.CSV", "\uFEFFpath , class\n x/1.jpg , \"tree frog, green\"\n2.jpg,cat")]
    public void ColumnsAreFoundByNameAndPathsAreRelativeToTheTable(string name, string content)
    {
        string table = Table(content, name);

        LabeledImages dataset = LabeledImages.Open(table);

        Assert.Equal(["tree frog, green", "cat"], dataset.Read(new SentenceLogger(Assert.Fail)).Select(image => image.Label));
        Assert.Equal(
            [Path.Combine(Path.GetDirectoryName(table)!, "x/1.jpg"), Path.Combine(Path.GetDirectoryName(table)!, "2.jpg")],
            dataset.Read().Select(image => image.Name)
        );
        Assert.Equal(["cat", "tree frog, green"], dataset.Labels);
    }

    [Fact]
    public void AMissingColumnIsASentenceThatNamesThoseThereAre()
    {
        string message = Assert.Throws<InvalidDataException>(() => LabeledImages.Open(Table("image,title\n1.jpg,cat\n"))).Message;

        Assert.Contains(
            "has no column of labels (label, class); its columns are 'image, title'.",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has no column of images",
            Assert.Throws<InvalidDataException>(() => LabeledImages.Open(Table("label\ncat\n"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "it is empty",
            Assert.Throws<InvalidDataException>(() => LabeledImages.Open(Table(""))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void BrokenLinesAreToldAndTheRestGoesOn()
    {
        List<string> broken = [];

        LabeledImage[] images =
        [
            .. LabeledImages
                .Open(Table("image,label\n1.jpg\n,cat\n3.jpg,ca\"t\n4.jpg,dog\n"))
                .Read(new SentenceLogger(broken.Add)),
        ];

        Assert.Equal("dog", Assert.Single(images).Label);
        Assert.Collection(
            broken,
            told => Assert.StartsWith("Line 2 of ", told, StringComparison.Ordinal),
            told => Assert.EndsWith("is skipped: its image is missing.", told, StringComparison.Ordinal),
            told => Assert.EndsWith("is skipped: its quotation marks do not match.", told, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ALineThatNeverEndsSwallowsNoMemory()
    {
        string table = Table("image,label\n1.jpg,cat\n2.jpg,\"dog\n" + new string('x', 40 << 20));
        List<string> broken = [];
        LabeledImages dataset = LabeledImages.Open(table);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Single(dataset.Read(new SentenceLogger(broken.Add)));

        Assert.Equal(
            [
                $"Line 3 of {table} is skipped: its quotation mark is never closed.",
                $"Line 4 of {table} is skipped: it is longer than 1048576 characters.",
            ],
            broken
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
    }

    private static string Table(string content, string name = "images.csv")
    {
        string path = TestFolder.NewFile(name);
        File.WriteAllText(path, content);
        return path;
    }
}
