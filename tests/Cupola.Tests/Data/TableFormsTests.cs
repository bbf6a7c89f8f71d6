using System.Text;
using Cupola.Data;
using Cupola.Files;

namespace Cupola.Tests.Data;

/// <summary>Tables as open_clip, pandas, Excel, Windows and Hugging Face write them.</summary>
public sealed class TableFormsTests
{
    private static readonly string[] Both = ["tree frog", "cat"];

    [Theory]
    [InlineData("a.csv", "filepath\tlabel\n1.jpg\ttree frog\n2.jpg\tcat\n")]
    [InlineData("a.csv", "filepath;label\r\n1.jpg;tree frog\r\n2.jpg;cat\r\n")]
    [InlineData("a.csv", "filepath|label\n1.jpg|tree frog\n2.jpg|cat\n")]
    [InlineData("a.tsv", "filepath,label\n1.jpg,tree frog\n2.jpg,cat\n")]
    [InlineData("a.tsv", "label;filepath;a,b\ntree frog;1.jpg;x,y\ncat;2.jpg;z\n")]
    [InlineData("a.txt", "filepath,label\n1.jpg,tree frog\n2.jpg,cat\n")]
    [InlineData("a.csv", "sep=;\r\nfilepath;label\r\n1.jpg;tree frog\r\n2.jpg;cat\r\n")]
    [InlineData("a.csv", "\"sep=,\"\nfilepath,label\n1.jpg,tree frog\n2.jpg,cat\n")]
    [InlineData("a.csv", "sep=\t\nfilepath\tlabel\n1.jpg\ttree frog\n2.jpg\tcat\n")]
    [InlineData("a.csv", "sep=#\nfilepath#label\n1.jpg#tree frog\n2.jpg#cat\n")]
    [InlineData("a.csv", "filepath,label\r1.jpg,tree frog\r2.jpg,cat\r")]
    [InlineData("a.csv", "filepath,label\r1.jpg,tree frog\r\n2.jpg,cat\n\r")]
    [InlineData("a.csv", "\n\nfilepath,label,\n\n1.jpg,tree frog,\n , ,\n2.jpg,cat,,,\n\t\n")]
    [InlineData("a.csv", "\"File Name\",\"LABEL\"\n\"1.jpg\",\"tree frog\"\n\"2.jpg\",\"cat\"\n")]
    [InlineData("a.csv", " image-path ,Class Name\n1.jpg,tree frog\n2.jpg,cat\n")]
    [InlineData("a.csv", ",filepath,label,label\n0,1.jpg,tree frog,x\n1,2.jpg,cat,y\n")]
    [InlineData("a.ndjson", "{\"File Name\":\"1.jpg\",\"label\":\"tree frog\"}\r{\"file_name\":\"2.jpg\",\"Label\":\"cat\"}\r")]
    public void SeparatorLineEndsAndNamesAreFoundWhateverTheFileIsCalled(string name, string content)
    {
        string table = Table(content, name);

        LabeledImage[] images = [.. LabeledImages.Open(table).Read(new SentenceLogger(Assert.Fail))];

        Assert.Equal(Both, images.Select(image => image.Label));
        Assert.Equal(["1.jpg", "2.jpg"], images.Select(image => Path.GetFileName(image.Name)));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void AByteOrderMarkNamesItsEncoding(string encoding)
    {
        Encoding named = Encoding.GetEncoding(encoding);
        string csv = TestFolder.NewFile("a.csv"),
            lines = TestFolder.NewFile("a.jsonl"),
            list = TestFolder.NewFile("labels.txt");
        File.WriteAllText(csv, "filepath\tlabel\r\n1.jpg\tvélo\r\n", named);
        File.WriteAllText(lines, "{\"path\":\"1.jpg\",\"label\":\"vélo\"}\r\n", named);
        File.WriteAllText(list, "vélo\r\nfusée\r\n", named);

        Assert.Equal("vélo", Assert.Single(LabeledImages.Open(csv).Read(new SentenceLogger(Assert.Fail))).Label);
        Assert.Equal("vélo", Assert.Single(LabeledImages.Open(lines).Read(new SentenceLogger(Assert.Fail))).Label);
        Assert.Equal(["vélo", "fusée"], Cupola.Prompts.LabelList.Read(list));
    }

    [Theory]
    [InlineData("a.csv", "filepath,label\n1.jpg,v\u00e9lo\n", "iso-8859-1")]
    [InlineData("a.csv", "filepath,caption,label\n1.jpg,v\u00e9lo,x\n", "iso-8859-1")]
    [InlineData("a.jsonl", "{\"path\":\"1.jpg\",\"label\":\"v\u00e9lo\"}\n", "iso-8859-1")]
    [InlineData("a.csv", "filepath,label\n1.jpg,cat\n", "utf-16 without a mark")]
    public void OtherEncodingsAreOneSentenceAndNoGarbledLabels(string name, string content, string encoding)
    {
        string table = TestFolder.NewFile(name);
        Encoding other = encoding == "iso-8859-1" ? Encoding.Latin1 : Encoding.Unicode;
        File.WriteAllBytes(table, other.GetBytes(content));

        InvalidDataException problem = Assert.Throws<InvalidDataException>(() => LabeledImages.Open(table).Read().ToArray());

        Assert.Equal($"{table} is not text in UTF-8; save it as UTF-8, which Excel calls CSV UTF-8.", problem.Message);
    }

    [Theory]
    [InlineData("1.jpg,\"cat\n2.jpg,dog\n3.jpg,owl\n", "dog owl", 2)]
    [InlineData("1.jpg,\"cat\n2.jpg,dog\n3.jpg,\"owl\"\n", "dog owl", 2)]
    [InlineData("1.jpg,\"cat\n\"2.jpg\",\"dog\"\n3.jpg,owl\n", "dog owl", 2)]
    [InlineData("1.jpg,\"cat\n2.jpg,dog\"\n3.jpg,owl\n", "owl", 2, 3)]
    [InlineData("1.jpg,cat\n2.jpg,\"dog\nhttps://example.org/3,owl\"\n4.jpg,emu\n", "cat emu", 3, 4)]
    [InlineData("1.jpg,cat\n\"2.jpg,dog\n3.jpg,owl\n", "cat owl", 3)]
    [InlineData("1.jpg,cat\n2.jpg,dog\n3.jpg,\"owl", "cat dog", 4)]
    [InlineData("1.jpg,cat\n2.jpg,big \"dog\"\n3.jpg,\"owl\" or\n4.jpg,emu\n", "cat emu", 3, 4)]
    public void AQuotationMarkThatIsNeverClosedCostsItsOwnLineAndIsTold(string content, string labels, params int[] lines)
    {
        string table = Table("image,label\n" + content);
        List<string> broken = [];

        string[] read = [.. LabeledImages.Open(table).Read(new SentenceLogger(broken.Add)).Select(image => image.Label)];

        Assert.Equal(labels.Split(' '), read);
        Assert.Equal(lines.Length, broken.Count);
        Assert.All(lines.Zip(broken), told =>
            Assert.StartsWith(
                $"Line {told.First} of {table} is skipped: its quotation mark",
                told.Second,
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public void AQuotedFieldMayHaveLineBreaksSeparatorsAndMarks()
    {
        string table = Table(
            "title,image,label\r\n\"a dog,\r\nrunning \"\"fast\"\"\r\n\r\n\",1.jpg,dog\r\n"
                + "\"a cat\nof 2.jpg, asleep\",3.jpg,cat\n"
        );

        IEnumerable<CaptionedImage> images = CaptionedImages.Open(table).Read(new SentenceLogger(Assert.Fail));

        Assert.Equal(
            ["a dog, running \"fast\"", "a cat of 2.jpg, asleep"],
            images.Select(image => Assert.Single(image.Captions))
        );
    }

    /// <summary>pandas quotes what has a tab, a mark or a line break; most other programs quote nothing.</summary>
    [Theory]
    [InlineData("1.jpg\t\"a \"\"red\"\" disc\"\n2.jpg\t\"a\tb\"\n3.jpg\t\"two\nlines\"\n", "a \"red\" disc|a b|two lines")]
    [InlineData("1.jpg\t\"Lorem\" ipsum\n2.jpg\ta 5\" disk\n3.jpg\t\"error\n", "\"Lorem\" ipsum|a 5\" disk|\"error")]
    [InlineData("1.jpg\t\"error\n2.jpg\tlast \"\n3.jpg\tnone\n", "\"error|last \"|none")]
    [InlineData("1.jpg\t\"\n2.jpg\tb\n3.jpg\t\"\n4.jpg\td\n", "\"|b|\"|d")]
    [InlineData("1.jpg\t\"all of it\"\n2.jpg\tnone\n", "all of it|none")]
    public void BetweenTabsAMarkIsACharacterUnlessTheWholeFieldIsQuoted(string content, string captions)
    {
        string table = Table("filepath\ttitle\n" + content, "a.tsv");

        CaptionedImage[] images = [.. CaptionedImages.Open(table).Read(new SentenceLogger(Assert.Fail))];

        Assert.Equal(captions.Split('|'), images.Select(image => Assert.Single(image.Captions)));
    }

    [Fact]
    public void MoreFieldsThanColumnsAreToldAndNotCutOff()
    {
        string table = Table("image,caption\n1.jpg,a dog, running\n2.jpg,a cat,\n3.jpg\n");
        List<string> broken = [];

        Assert.Equal(
            "a cat",
            Assert.Single(Assert.Single(CaptionedImages.Open(table).Read(new SentenceLogger(broken.Add))).Captions)
        );

        Assert.Equal(
            [
                $"Line 2 of {table} is skipped: it has 3 fields, and the first line names 2 columns.",
                $"Line 4 of {table} is skipped: its caption is missing.",
            ],
            broken
        );
    }

    [Fact]
    public void BackslashesOfWindowsLeadToTheFileUnlessOneIsCalledSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows a backslash is what it says.");
        string table = Table("image,label\nimg\\1.jpg,cat\nimg\\2.jpg,dog\nimg\\3.jpg,owl\n");
        string folder = Path.GetDirectoryName(table)!;
        Directory.CreateDirectory(Path.Combine(folder, "img"));
        File.WriteAllText(Path.Combine(folder, "img", "1.jpg"), "one");
        File.WriteAllText(Path.Combine(folder, "img", "2.jpg"), "two");
        File.WriteAllText(Path.Combine(folder, "img\\2.jpg"), "named so");

        Assert.Equal(
            [Path.Combine(folder, "img", "1.jpg"), Path.Combine(folder, "img\\2.jpg"), Path.Combine(folder, "img\\3.jpg")],
            LabeledImages.Open(table).Read().Select(image => image.Name)
        );
    }

    [Theory]
    [InlineData("metadata.csv", "file_name,text,label\nimg/a.jpg,a dog,dog\n")]
    [InlineData("metadata.jsonl", "{\"file_name\":\"img/a.jpg\",\"text\":\"a dog\",\"label\":\"dog\"}\n")]
    public void AFolderIsDescribedByTheTableThatHuggingFaceKeepsInIt(string name, string content)
    {
        string table = Table(content, name),
            folder = Path.GetDirectoryName(table)!;
        Directory.CreateDirectory(Path.Combine(folder, "img"));

        Assert.Equal("a dog", Assert.Single(Assert.Single(CaptionedImages.Open(folder).Read(null)).Captions));
        LabeledImage image = Assert.Single(LabeledImages.Open(folder).Read());
        Assert.Equal(("dog", Path.Combine(folder, "img/a.jpg")), (image.Label, image.Name));
        Assert.Equal(folder, LabeledImages.Open(folder).Path);
    }

    [Fact]
    public void ATableWithoutTheColumnLeavesAFolderItsClasses()
    {
        string folder = Path.GetDirectoryName(Table("file_name,text\ncat/a.jpg,a cat\n", "metadata.csv"))!;
        Directory.CreateDirectory(Path.Combine(folder, "cat"));
        File.WriteAllBytes(Path.Combine(folder, "cat", "a.jpg"), []);

        Assert.Equal("cat", Assert.Single(LabeledImages.Open(folder).Read()).Label);
    }

    [Theory]
    [InlineData("http://192.0.2.1/a.jpg", TableImages.FetchedIfAllowed)]
    [InlineData("HTTPS://192.0.2.1/a.jpg", TableImages.FetchedIfAllowed)]
    [InlineData("file:///etc/passwd", "is not a path")]
    [InlineData("file:/etc/passwd", "is not a path")]
    [InlineData("s3://bucket/a.jpg", "is not a path")]
    [InlineData("ftp://192.0.2.1/a.jpg", "is not a path")]
    [InlineData("\\\\\\\\192.0.2.1\\\\share\\\\a.jpg", "lies on another machine")]
    public void NothingInATableHasAnotherMachineCalled(string named, string sentence)
    {
        string table = Table($"{{\"image\": \"{named}\", \"label\": \"cat\", \"caption\": \"a cat\"}}\n", "a.jsonl");

        ImageSource labeled = LabeledImages.Open(table).Read().Single().Image;
        ImageSource captioned = CaptionedImages.Open(table).Read(null).Single().Image;
        foreach (ImageSource image in new[] { labeled, captioned })
        {
            CancellationToken cancellationToken = TestContext.Current.CancellationToken;
            InvalidDataException problem = Assert.Throws<InvalidDataException>(() => image.Read(cancellationToken));
            Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        }
    }

    private static string Table(string content, string name = "images.csv")
    {
        string path = TestFolder.NewFile(name);
        File.WriteAllText(path, content);
        return path;
    }
}
