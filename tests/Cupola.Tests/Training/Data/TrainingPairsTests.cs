using Cupola.Files;
using Cupola.Prompts;
using Cupola.Training.Data;
using static Cupola.Tests.Data.Shard;

namespace Cupola.Tests.Training.Data;

public sealed class TrainingPairsTests
{
    private static readonly PromptSet Described = new([
        new("cat", [new Prompt("A cat purrs.", "test")]),
        new("dog", [new Prompt("A dog barks.", "test"), new Prompt("A dog wags.", "test")]),
    ]);

    [Fact]
    public void OfClassFoldersTemplatesAndPromptsSpeak()
    {
        string folder = Folders("cat/1.jpg", "dog/1.jpg", "dog/2.jpg");

        TrainingPairs filled = TrainingPairs.Read(folder);
        TrainingPairs described = TrainingPairs.Read(folder, Described);
        TrainingPairs both = TrainingPairs.Read(folder, Described, PromptTemplates.Simple);

        Assert.Equal(["cat", "dog"], filled.Labels);
        Assert.Equal(3, filled.Count);
        Assert.Equal(PromptTemplates.ImageNet7.Select(template => template.Format("dog")), filled[2].Captions);
        Assert.Equal("dog", filled[2].Label);
        Assert.EndsWith("2.jpg", filled[2].Image.Name, StringComparison.Ordinal);
        Assert.Equal(["A dog barks.", "A dog wags."], described[1].Captions);
        Assert.Equal(["a photo of a cat.", "A cat purrs."], both[0].Captions);
        Assert.Contains(
            "'dog'",
            Assert
                .Throws<InvalidDataException>(() =>
                    TrainingPairs.Read(folder, new([new("cat", [new Prompt("A cat purrs.", "test")])]))
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ATableAndShardsHaveCaptionsUnlessPromptsOrTemplatesSpeakAboutTheirLabels()
    {
        string table = Table("image,caption,label\n1.jpg,my cat,cat\n2.jpg,my dog,dog\n");
        string shard = Write(
            TestFolder.NewFile("a.tar"),
            Entry("0.jpg", "x"),
            Entry("0.txt", "cat"),
            Entry("1.jpg", "x"),
            Entry("1.txt", "dog")
        );

        foreach ((string dataset, string caption) in new[] { (table, "my dog"), (shard, "dog") })
        {
            TrainingPairs captioned = TrainingPairs.Read(dataset);
            TrainingPairs labeled = TrainingPairs.Read(dataset, Described);

            Assert.Null(captioned.Labels);
            Assert.Equal([caption], captioned[1].Captions);
            Assert.Null(captioned[1].Label);
            Assert.Equal(["cat", "dog"], labeled.Labels);
            Assert.Equal(["A dog barks.", "A dog wags."], labeled[1].Captions);
            Assert.Equal("dog", labeled[1].Label);
        }
    }

    [Fact]
    public void WhatTeachesNothingIsASentenceThatSaysWhy()
    {
        AssertRefused(
            Folders("cat/1.jpg", "cat/2.jpg", "dog/"),
            "has images of one class only, 'cat': a contrastive loss learns by telling pairs apart"
        );
        AssertRefused(
            Table("image,caption\n1.jpg,a cat\n2.jpg,a cat\n"),
            "has the same caption for every image, 'a cat': a contrastive loss"
        );
        AssertRefused(Table("image,caption\n1.jpg,\n2.jpg,\n"), "has no pairs to learn from: Line 2 of");
        AssertRefused(Table("image,caption\n"), "has no pairs to learn from.");
        AssertRefused(Folders("cat/", "dog/"), "has no pairs to learn from.");
        AssertRefused(Table("image,label\n1.jpg,cat\n"), "has no column of captions");
        string notTar = TestFolder.NewFile("a.tar");
        File.WriteAllText(notTar, new string('h', 2000));
        AssertRefused(notTar, "has no pairs to learn from: ");
        AssertRefused(notTar, "is not a tar archive that can be read", PromptTemplates.Simple);
    }

    [Fact]
    public void WhatIsBrokenIsToldAndTheRestIsLearntFrom()
    {
        string folder = TestFolder.New();
        string whole = Write(
            Path.Combine(folder, "0.tar"),
            Entry("0.jpg", "x"),
            Entry("0.txt", "a cat"),
            Entry("1.jpg", "x"),
            Entry("1.txt", ""),
            Entry("2.jpg", "x"),
            Entry("2.txt", "a dog")
        );
        File.WriteAllBytes(Path.Combine(folder, "1.tar"), File.ReadAllBytes(whole)[..1500]);
        List<string> broken = [];

        TrainingPairs pairs = TrainingPairs.Read(folder, logger: new SentenceLogger(broken.Add));

        Assert.Equal(["a cat", "a dog"], [.. Enumerable.Range(0, 2).Select(pair => pairs[pair].Captions[0])]);
        Assert.Equal(2, pairs.Count);
        Assert.Contains(broken, told => told.Contains("1 has no caption", StringComparison.Ordinal));
        Assert.Contains(broken, told =>
            told.Contains("1.tar", StringComparison.Ordinal) && told.Contains("it ends too early", StringComparison.Ordinal)
        );
    }

    private static void AssertRefused(string dataset, string sentence, IReadOnlyList<PromptTemplate>? templates = null)
    {
        string message = Assert.Throws<InvalidDataException>(() => TrainingPairs.Read(dataset, prompts: null, templates)).Message;
        Assert.StartsWith(dataset, message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    private static string Folders(params string[] files)
    {
        string folder = TestFolder.New();
        foreach (string path in files.Select(file => Path.Combine(folder, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!path.EndsWith('/'))
            {
                File.WriteAllBytes(path, []);
            }
        }

        return folder;
    }

    private static string Table(string content)
    {
        string path = TestFolder.NewFile("images.csv");
        File.WriteAllText(path, content);
        return path;
    }
}
