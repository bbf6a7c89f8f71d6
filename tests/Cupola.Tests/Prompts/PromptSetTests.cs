using Cupola.Prompts;

namespace Cupola.Tests.Prompts;

public sealed class PromptSetTests
{
    private static readonly PromptSet Sentences = new([
        new("cat", [new("A cat purrs.", "a.json"), new("A cat has whiskers.", "a.json"), new("A cat purrs.", "a.json")]),
        new("dog", [new("A dog barks.", "a.json")]),
        new("eel", [new("An eel is long.", "a.json")]),
        new("yeti", []),
    ]);

    [Fact]
    public void FillsEveryTemplateWithEveryLabel()
    {
        PromptSet set = PromptSet.FromTemplates(["dog", "cat"], [new("a photo of a {}."), new("art of the {}.")]);
        Assert.Equal(["dog", "cat"], set.ClassNames);
        Assert.Equal(
            [
                new Prompt("a photo of a cat.", "template:a photo of a {}."),
                new Prompt("art of the cat.", "template:art of the {}."),
            ],
            set["cat"]
        );
        Assert.Equal(4, set.PromptCount);
    }

    [Theory]
    [InlineData("airplane", 100, 2000, 204)]
    [InlineData("bird", 500, 15000, 597)]
    [InlineData("cal", 102, 3060, 141)]
    [InlineData("cars", 196, 17640, 865)]
    [InlineData("cifar100", 100, 4000, 238)]
    [InlineData("cifar10", 10, 300, 26)]
    [InlineData("flower", 102, 2040, 46)]
    [InlineData("food", 101, 3030, 73)]
    [InlineData("imagenet", 998, 29940, 1693)]
    [InlineData("kinetics", 700, 28000, 1079)]
    [InlineData("pets", 37, 740, 22)]
    [InlineData("res45", 45, 2250, 37)]
    [InlineData("sun", 397, 11910, 450)]
    [InlineData("texture", 47, 2820, 75)]
    [InlineData("ucf", 101, 5050, 204)]
    public void ReadsCuPLsPublishedSentencesAndTellsTheRepeatedOnes(string dataset, int classes, int prompts, int repeated)
    {
        string path = SharedFolder.Need("data", "cupl", $"{dataset}_prompts_{(dataset == "imagenet" ? "base" : "full")}.json");
        PromptSet set = PromptSet.Read(path);
        Assert.Equal(classes, set.ClassNames.Count);
        Assert.Equal(prompts, set.PromptCount);
        Assert.Equal(repeated, set.FindRepeated().Sum(prompt => prompt.Times - 1));
        Assert.Equal([path], set.Sources);
    }

    [Fact]
    public void KeepsAClassesPromptsInOrderAndRepeatedOnes()
    {
        using TextFixture file = new(
            "prompts.json",
            """{"dog": ["It barks.", "It bites.", "It barks."], "cat": ["It purrs."]}"""
        );
        PromptSet set = PromptSet.Read(file.Path);
        Assert.Equal(["dog", "cat"], set.ClassNames);
        Assert.Equal([new("It barks.", file.Path), new("It bites.", file.Path), new("It barks.", file.Path)], set["dog"]);
        Assert.Equal([new RepeatedPrompt("dog", "It barks.", 2)], set.FindRepeated());
    }

    [Fact]
    public void AUnionIsOneFlatPoolInOrder()
    {
        PromptSet union = PromptSet.FromTemplates(["dog", "owl"], PromptTemplates.Simple).Union(Sentences);
        Assert.Equal(["dog", "owl", "cat", "eel", "yeti"], union.ClassNames);
        Assert.Equal(["a photo of a dog.", "A dog barks."], union["dog"].Select(prompt => prompt.Text));
        Assert.Equal(["template:a photo of a {}.", "a.json"], union.Sources);
        Assert.Equal(3, union["cat"].Length);
    }

    [Fact]
    public void SelectsTheLabelsInTheirOrderAndTellsWhatItLeavesOut()
    {
        PromptSelection selection = Sentences.Select(["eel", "cat"]);
        Assert.Equal(["eel", "cat"], selection.Prompts.ClassNames);
        Assert.Equal(3, selection.Prompts["cat"].Length);
        Assert.Equal(["dog", "yeti"], selection.LeftOut);
    }

    [Fact]
    public void ListsAllLabelsThatHaveNoPrompts()
    {
        Assert.Equal(
            "There are no prompts in 'a.json' for these labels: 'owl', 'yeti', 'Cat'.",
            Assert.Throws<InvalidDataException>(() => Sentences.Select(["owl", "cat", "yeti", "Cat"])).Message
        );
        Assert.Equal(
            "There are no prompts in 'a.json' for the label 'owl'.",
            Assert.Throws<InvalidDataException>(() => Sentences.Select(["owl"])).Message
        );
        Assert.Equal(
            "There are no prompts for the label 'owl'.",
            Assert.Throws<InvalidDataException>(() => new PromptSet([]).Select(["owl"])).Message
        );
    }

    [Fact]
    public void SelectsTheFoldersOfAPhotoCollectionFromCuPLsSentences()
    {
        string[] labels =
        [
            .. Directory
                .GetDirectories(SharedFolder.Need("data", "photo-tiny-test", "caltech80"))
                .Select(path => Path.GetFileName(path)),
        ];
        PromptSelection selection = PromptSet.Read(SharedFolder.Need("data", "cupl", "cal_prompts_full.json")).Select(labels);
        Assert.Equal(labels, selection.Prompts.ClassNames);
        Assert.Equal(102 - labels.Length, selection.LeftOut.Count);
    }

    [Fact]
    public void RefusesTwoEqualLabelsAndNone()
    {
        const string Twice = "The label 'cat' stands at positions 1 and 2; labels must differ, so rename or remove one.";
        Assert.Equal(Twice, Assert.Throws<ArgumentException>(() => Sentences.Select(["cat", "cat"])).Message);
        Assert.Equal(
            Twice,
            Assert.Throws<ArgumentException>(() => PromptSet.FromTemplates(["cat", "cat"], PromptTemplates.Simple)).Message
        );
        Assert.Equal(
            "There are no labels; name at least one.",
            Assert.Throws<ArgumentException>(() => Sentences.Select([])).Message
        );
        Assert.Equal(
            "There are no templates; name at least one.",
            Assert.Throws<ArgumentException>(() => PromptSet.FromTemplates(["cat"], [])).Message
        );
    }

    [Theory]
    [InlineData("[]", " does not contain a JSON object of class names and lists of prompts.")]
    [InlineData("7", " does not contain a JSON object of class names and lists of prompts.")]
    [InlineData("{}", " contains no classes.")]
    [InlineData("", " is not valid JSON (line 1).")]
    [InlineData("{\n\"cat\": [\"It purrs.\"", " is not valid JSON (line 2).")]
    [InlineData("{\"cat\": \"It purrs.\"}", " has no list of prompts for 'cat'.")]
    [InlineData("{\"cat\": {\"a\": \"It purrs.\"}}", " has no list of prompts for 'cat'.")]
    [InlineData("{\"cat\": null}", " has no list of prompts for 'cat'.")]
    [InlineData("{\"cat\": [\"It purrs.\", 7]}", " has something that is not a sentence as prompt 2 of 'cat'.")]
    [InlineData("{\"cat\": [\" \"]}", " has something that is not a sentence as prompt 1 of 'cat'.")]
    [InlineData("{\"\": [\"It purrs.\"]}", " has a class without a name.")]
    [InlineData("{\"cat\": [\"It purrs.\"], \"cat\": [\"It bites.\"]}", ": The class 'cat' occurs twice.")]
    [InlineData("{\"cat\": [\"\\udc00\"]}", " contains text that is not Unicode.")]
    [InlineData("{\"\\ud800\": [\"It purrs.\"]}", " contains text that is not Unicode.")]
    public void RefusesAFileInOneSentenceThatNamesTheFileAndTheClass(string content, string sentence)
    {
        using TextFixture file = new("prompts.json", content);
        Assert.Equal($"'{file.Path}'{sentence}", Assert.Throws<InvalidDataException>(() => PromptSet.Read(file.Path)).Message);
    }

    [Fact]
    public void BothFormatsGiveBackWhatWasWrittenAndEqualSetsEqualBytes()
    {
        PromptProvenance said = new(
            "Describe what a cat looks like:",
            3,
            "some-model",
            0.99f,
            50,
            "It has \"whiskers\" & <fur>.\nAnd more"
        );
        PromptSet set = new([
            new("cat", [new("It has \"whiskers\" & <fur>.", "here", said), new("It purrs — 喵.", "here")]),
            new("owl", []),
        ]);
        using TextFixture file = new("prompts.json", ""),
            again = new("prompts.json", ""),
            plain = new("prompts.json", "");
        set.Write(file.Path);
        PromptSet read = PromptSet.Read(file.Path);
        Assert.Equal(["cat", "owl"], read.ClassNames);
        Assert.Equal([set["cat"][0] with { Source = file.Path }, set["cat"][1] with { Source = file.Path }], read["cat"]);
        Assert.Equal("b1ac", read["cat"][0].Provenance!.RawAnswerHash[..4]);
        read.Write(again.Path);
        Assert.Equal(File.ReadAllBytes(file.Path), File.ReadAllBytes(again.Path));
        set.WriteCupl(plain.Path);
        Assert.Equal(set["cat"].Select(prompt => prompt.Text), PromptSet.Read(plain.Path)["cat"].Select(prompt => prompt.Text));
        Assert.StartsWith("{\n  \"cat\": [\n", File.ReadAllText(plain.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "{\"format\": \"cupola-prompts-9\", \"classes\": {}}",
        " gives its format as 'cupola-prompts-9', and contains no prompts in the format cupola-prompts-1."
    )]
    [InlineData(
        "{\"format\": \"cupola-prompts-1\", \"classes\": []}",
        " gives its format as 'cupola-prompts-1', and contains no prompts in the format cupola-prompts-1."
    )]
    [InlineData(
        "{\"format\": \"cupola-prompts-1\", \"classes\": {\"cat\": [{}]}}",
        " has something that is not a sentence as prompt 1 of 'cat'."
    )]
    [InlineData(
        "{\"format\": \"cupola-prompts-1\", \"classes\": {\"cat\": [{\"text\": \"It purrs.\", \"question\": \"What?\"}]}}",
        " names the question that prompt 1 of 'cat' answers, but not all of answer, model, temperature, maxTokens and "
            + "rawAnswer."
    )]
    public void RefusesAFileOfItsOwnFormatThatIsNone(string content, string sentence) =>
        RefusesAFileInOneSentenceThatNamesTheFileAndTheClass(content, sentence);

    [Fact]
    public void RefusesJsonThatIsNestedWithoutEnd()
    {
        using TextFixture file = new("prompts.json", string.Concat(Enumerable.Repeat("{\"cat\":", 100_000)));
        Assert.Contains(
            "is not valid JSON",
            Assert.Throws<InvalidDataException>(() => PromptSet.Read(file.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AnUnknownClassAndAClassThatStandsTwiceAreNamed()
    {
        Assert.Equal(
            "There is no class 'owl' in this prompt set.",
            Assert.Throws<ArgumentException>(() => Sentences["owl"]).Message
        );
        Assert.Equal(
            "The class 'cat' occurs twice.",
            Assert.Throws<ArgumentException>(() => new PromptSet([new("cat", []), new("cat", [])])).Message
        );
    }

    [Fact]
    public void ASentenceOfAnErrorStaysShortAndOnOneLine()
    {
        string label = "a\nb" + new string('c', 1000);
        string message = Assert.Throws<InvalidDataException>(() => Sentences.Select([label])).Message;
        Assert.InRange(message.Length, 50, 250);
        Assert.DoesNotContain('\n', message);
    }
}
