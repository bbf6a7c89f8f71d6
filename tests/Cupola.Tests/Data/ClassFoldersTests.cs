using Cupola.Data;
using Cupola.Files;

namespace Cupola.Tests.Data;

public sealed class ClassFoldersTests
{
    [Fact]
    public void LabelsAreFolderNamesAsTheyAreAndImagesComeInOrdinalOrderHoweverDeep()
    {
        string folder = Folder(
            "tree frog/b.jpg",
            "tree frog/B.JPEG",
            "tree frog/young/a.webp",
            "tree frog/notes.txt",
            "Axolotl/2.png",
            "Axolotl/10.png",
            "empty/"
        );

        LabeledImages dataset = LabeledImages.Open(folder);

        Assert.Equal(["Axolotl", "empty", "tree frog"], dataset.Labels);
        Assert.Equal(
            ["Axolotl/10.png", "Axolotl/2.png", "tree frog/B.JPEG", "tree frog/b.jpg", "tree frog/young/a.webp"],
            dataset.Read().Select(image => Path.GetRelativePath(folder, image.Name).Replace('\\', '/'))
        );
        Assert.Equal(["Axolotl", "Axolotl", "tree frog", "tree frog", "tree frog"], dataset.Read().Select(image => image.Label));
    }

    [Fact]
    public void AImagesBytesAreReadWhenTheyAreAskedFor()
    {
        string folder = Folder("cat/1.jpg");
        LabeledImage image = LabeledImages.Open(folder).Read().Single();

        File.WriteAllBytes(image.Name, [7]);

        Assert.Equal([7], image.Image.Read(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void ClassesAreWalkedNoFurtherThanAskedFor()
    {
        string folder = Folder("a/1.jpg", "b/1.jpg");
        IEnumerable<LabeledImage> images = LabeledImages.Open(folder).Read();
        using IEnumerator<LabeledImage> reading = images.GetEnumerator();
        Assert.True(reading.MoveNext());

        File.WriteAllBytes(Path.Combine(folder, "b", "0.jpg"), []);

        Assert.True(reading.MoveNext());
        Assert.EndsWith("0.jpg", reading.Current.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesInNoClassFolderAreTold()
    {
        string folder = Folder("cat/1.jpg", "stray.jpg", "readme.txt");
        List<string> broken = [];

        Assert.Single(LabeledImages.Open(folder).Read(new SentenceLogger(broken.Add)));

        Assert.StartsWith("1 images are in", Assert.Single(broken), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoDatasetIsASentence()
    {
        string folder = Folder("1.jpg");

        Assert.Contains(
            "contains no class folders",
            Assert.Throws<InvalidDataException>(() => LabeledImages.Open(folder)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is not a dataset",
            Assert.Throws<InvalidDataException>(() => LabeledImages.Open(Path.Combine(folder, "1.jpg"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "There is no dataset",
            Assert.Throws<FileNotFoundException>(() => LabeledImages.Open(Path.Combine(folder, "none"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ImagesOfOtherLabelsAreCountedAndLeftOut()
    {
        LabeledImages dataset = LabeledImages.Open(Folder("cat/1.jpg", "dog/1.jpg", "dog/2.jpg", "owl/1.jpg"));
        ChosenLabels chosen = new(["owl", "cat"]);

        for (int reading = 0; reading < 2; reading++)
        {
            Assert.Equal([1, 0], chosen.Among(dataset.Read()).Select(image => chosen.IndexOf(image.Label)));
            Assert.Equal("2 images are left out, because their labels are not among the 2 chosen: 'dog' (2).", chosen.Note);
        }
    }

    [Fact]
    public void WithoutOtherLabelsThereIsNoNote()
    {
        ChosenLabels chosen = new(["cat"]);

        Assert.Single(chosen.Among(LabeledImages.Open(Folder("cat/1.jpg")).Read()));

        Assert.Null(chosen.Note);
        Assert.Throws<ArgumentException>(() => new ChosenLabels(["cat", "cat"]));
    }

    /// <summary>A folder with empty files at these places.</summary>
    private static string Folder(params string[] files)
    {
        string folder = TestFolder.New();
        foreach (string file in files)
        {
            string path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!file.EndsWith('/'))
            {
                File.WriteAllBytes(path, []);
            }
        }

        return folder;
    }
}
