using Cupola.Prompts;

namespace Cupola.Tests.Prompts;

public sealed class LabelListTests
{
    [Theory]
    [InlineData("cat,dog", "cat", "dog")]
    [InlineData(" cat , tailed frog ,,dog,", "cat", "tailed frog", "dog")]
    [InlineData("tench", "tench")]
    [InlineData("\"dog, brown\", cat", "dog, brown", "cat")]
    [InlineData("\"say \"\"hi\"\"\",cat", "say \"hi\"", "cat")]
    [InlineData("5\" disk, 3\" disk", "5\" disk", "3\" disk")]
    [InlineData("\"dog, brown", "\"dog", "brown")]
    public void ReadsNamesBetweenCommas(string text, params string[] labels) => Assert.Equal(labels, LabelList.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(" , ,")]
    public void SaysThatThereAreNoLabels(string text) =>
        Assert.Equal(
            "There are no labels; name at least one, separated by commas.",
            Assert.Throws<ArgumentException>(() => LabelList.Parse(text)).Message
        );

    [Fact]
    public void RefusesTwoEqualLabelsAndNamesBothPositions() =>
        Assert.Equal(
            "The label 'cat' stands at positions 1 and 3; labels must differ, so rename or remove one.",
            Assert.Throws<ArgumentException>(() => LabelList.Parse("cat,dog, cat")).Message
        );

    [Fact]
    public void AllEqualLabelsAreNamedInOneSentence() =>
        Assert.Equal(
            "Labels must differ, and 2 stand more than once: 'cat' (1, 3), 'dog' (2, 4, 5); "
                + "rename or remove all but one of each.",
            Assert.Throws<ArgumentException>(() => LabelList.Parse("cat,dog,cat,dog,dog")).Message
        );

    [Fact]
    public void ALabelOfAFileMayHoldACommaWithOrWithoutMarks()
    {
        using TextFixture file = new("labels.csv", "\"dog, brown\"\ncat, black\n\"a\" b\n");
        Assert.Equal(["dog, brown", "cat, black", "\"a\" b"], LabelList.Read(file.Path));
    }

    [Fact]
    public void LabelsThatDifferInCaseDiffer() => Assert.Equal(2, LabelList.Parse("crane,Crane").Count);

    [Theory]
    [InlineData("labels.txt", "cat\n dog \r\n\n")]
    [InlineData("labels.txt", "\uFEFFcat\ndog")]
    [InlineData("labels.json", "[\"cat\", \" dog\"]")]
    [InlineData("labels.txt", "cat\rdog\r")]
    [InlineData("labels.txt", "cat\r\n\rdog")]
    [InlineData("labels.csv", "\"cat\"\r\n\"dog\"\r\n")]
    [InlineData("labels.txt", "\n [\"cat\",\"dog\",\"\"]\n")]
    public void ReadsAListOfLinesAndOneOfJson(string name, string content)
    {
        using TextFixture file = new(name, content);
        Assert.Equal(["cat", "dog"], LabelList.Read(file.Path));
    }

    [Theory]
    [InlineData("labels.txt", "", "contains no labels.")]
    [InlineData("labels.txt", " \n\n", "contains no labels.")]
    [InlineData("labels.json", "[]", "contains no labels.")]
    [InlineData("labels.json", "[\" \"]", "contains no labels.")]
    [InlineData("labels.json", "", "is not valid JSON (line 1).")]
    [InlineData("labels.json", "[\"cat\",\n\"dog\"", "is not valid JSON (line 2).")]
    [InlineData("labels.json", "cat\ndog", "is not valid JSON (line 1).")]
    [InlineData(
        "labels.txt",
        "{\"cat\":[\"A cat.\"]}",
        "contains no JSON list; labels are a JSON list of texts, or one per line."
    )]
    [InlineData("labels.json", "[\"cat\", 7]", "has something that is not a text at position 2 of its labels.")]
    [InlineData("labels.json", "[\"cat\", [\"dog\"]]", "has something that is not a text at position 2 of its labels.")]
    [InlineData("labels.json", "[\"\\ud800\"]", "contains text that is not Unicode.")]
    [InlineData(
        "labels.txt",
        "cat\ndog\ncat",
        ": The label 'cat' stands at positions 1 and 3; labels must differ, so rename or remove one."
    )]
    public void RefusesAFileInOneSentenceThatNamesIt(string name, string content, string sentence)
    {
        using TextFixture file = new(name, content);
        Assert.Equal(
            $"'{file.Path}' {sentence}".Replace("' :", "':", StringComparison.Ordinal),
            Assert.Throws<InvalidDataException>(() => LabelList.Read(file.Path)).Message
        );
    }

    [Fact]
    public void RefusesBytesThatAreNoText()
    {
        using TextFixture file = new("labels.txt", [0xff, 0xd8, 0xff, 0xe0]);
        Assert.Equal(
            $"'{file.Path}' is not text in UTF-8.",
            Assert.Throws<InvalidDataException>(() => LabelList.Read(file.Path)).Message
        );
    }

    [Fact]
    public void RefusesJsonThatIsNestedWithoutEnd()
    {
        using TextFixture file = new("labels.json", new string('[', 100_000));
        Assert.Contains(
            "is not valid JSON",
            Assert.Throws<InvalidDataException>(() => LabelList.Read(file.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void RefusesAFileWithoutEnd()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/zero, a file without end, is Unix's.");
        Assert.Equal(
            "'/dev/zero' has more than 64 MB, and lists of texts are not that large.",
            Assert.Throws<InvalidDataException>(() => LabelList.Read("/dev/zero")).Message
        );
    }

    [Fact]
    public void SaysWhatIsNotThere()
    {
        using TextFixture file = new("labels.txt", "cat");
        string folder = Path.GetDirectoryName(file.Path)!;
        Assert.Equal(
            $"There is no file '{file.Path}x'.",
            Assert.Throws<FileNotFoundException>(() => LabelList.Read(file.Path + "x")).Message
        );
        Assert.Equal(
            $"'{folder}' is a folder, and a file is needed.",
            Assert.Throws<FileNotFoundException>(() => LabelList.Read(folder)).Message
        );
    }

    [Fact]
    public void RefusesOpenAIsImageNetListForItsTwoNamesThatStandTwice()
    {
        string path = SharedFolder.Need("data", "imagenet", "imagenet_classes.json");
        InvalidDataException problem = Assert.Throws<InvalidDataException>(() => LabelList.Read(path));
        Assert.StartsWith(
            $"'{path}': Labels must differ, and 2 stand more than once: 'missile' (658, 745), ",
            problem.Message,
            StringComparison.Ordinal
        );
    }
}
