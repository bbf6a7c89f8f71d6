using Cupola.Data;
using Cupola.Files;
using Cupola.Images;

namespace Cupola.Tests.Images;

/// <summary>Folders that come from a NAS, a Mac, a notebook.</summary>
public sealed class ImageFolderTests
{
    [Theory]
    [InlineData("__MACOSX")]
    [InlineData("@eaDir")]
    [InlineData("#recycle")]
    [InlineData("@Recycle")]
    [InlineData("$RECYCLE.BIN")]
    [InlineData("System Volume Information")]
    [InlineData("lost+found")]
    [InlineData("LOST+FOUND")]
    [InlineData(".ipynb_checkpoints")]
    public void FoldersThatSystemsMakeAreNoClassesAndHoldNoImages(string system)
    {
        string folder = Folder("cat/1.jpg", $"cat/{system}/1.jpg", $"cat/deep/{system}/deep/2.jpg", $"{system}/cat/3.jpg");

        Assert.Equal(["cat"], LabeledImages.Open(folder).Labels);
        Assert.Equal([Path.Combine(folder, "cat", "1.jpg")], ImageFolder.Enumerate(folder));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../")]
    [InlineData(".")]
    [InlineData("../..")]
    [InlineData("../../")]
    [InlineData("/")]
    [InlineData("../cat")]
    [InlineData("other")]
    public void ALinkThatLeadsBackIsNotFollowed(string target)
    {
        string folder = Folder("data/cat/1.jpg", "data/dog/1.jpg"),
            cat = Path.Combine(folder, "data", "cat");
        Link(Path.Combine(cat, "all"), target == "other" ? cat : target);

        Assert.Equal(["cat", "dog"], LabeledImages.Open(Path.Combine(folder, "data")).Read().Select(image => image.Label));
        Assert.Single(ImageFolder.Enumerate(cat));
    }

    /// <summary>By the way without links, if there is one.</summary>
    [Fact]
    public void FoldersThatLinkToEachOtherCountOnce()
    {
        string folder = Folder("a/1.jpg", "b/2.jpg"),
            alias = Path.Combine(TestFolder.New(), "alias");
        Link(Path.Combine(folder, "a", "b"), Path.Combine("..", "b"));
        Link(Path.Combine(folder, "b", "a"), Path.Combine(folder, "a"));
        Link(Path.Combine(folder, "loop"), "loop");
        Link(alias, folder);

        string[] expected = ["a/1.jpg", "b/2.jpg"];
        Assert.Equal(expected, ImageFolder.Enumerate(folder).Select(file => Path.GetRelativePath(folder, file)));
        Assert.Equal(expected, ImageFolder.Enumerate(alias).Select(file => Path.GetRelativePath(alias, file)));
        Assert.Equal(["a", "b"], LabeledImages.Open(folder).Labels);
    }

    /// <summary>Folders elsewhere that are all linked to one another lie on factorially many ways.</summary>
    [Fact]
    public void AFolderThatManyLinksLeadToCountsOnceByTheFirst()
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        string elsewhere = Folder([.. names.Select(static name => $"{name}/{name}.jpg")]),
            folder = Folder("0.jpg");
        foreach (string name in names)
        {
            Link(Path.Combine(folder, name), Path.Combine(elsewhere, name));
            foreach (string other in names.Where(other => other != name))
            {
                Link(Path.Combine(elsewhere, name, other), Path.Combine("..", other));
            }
        }

        Assert.Equal(
            ["0.jpg", .. names.Select(static name => $"{name}/{name}.jpg")],
            ImageFolder.Enumerate(folder).Select(file => Path.GetRelativePath(folder, file))
        );
    }

    [Fact]
    public void AFolderThatCannotBeOpenedStandsForWhatIsInItAndStopsNothing()
    {
        string folder = Folder("a/1.jpg", "z/2.jpg");
        using UnnamableFolder unnamable = new(folder);

        Assert.Equal(
            ["a/1.jpg", UnnamableFolder.Name, "z/2.jpg"],
            ImageFolder.Enumerate(folder).Select(file => Path.GetRelativePath(folder, file))
        );
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Enumerate(Path.Combine(folder, "none")));
    }

    [Fact]
    public void ALinkToAnotherFolderOfImagesIsFollowed()
    {
        string folder = Folder("cat/1.jpg"),
            elsewhere = Folder("2.jpg", "deep/3.jpg");
        Link(Path.Combine(folder, "dog"), elsewhere);
        Link(Path.Combine(folder, "cat", "more"), elsewhere);

        Assert.Equal(["cat", "cat", "cat", "dog", "dog"], LabeledImages.Open(folder).Read().Select(image => image.Label));
    }

    [Fact]
    public void ABrokenLinkIsSaidInTheProductsWords()
    {
        string folder = TestFolder.New(),
            gone = Path.Combine(folder, "gone.jpg"),
            loop = Path.Combine(folder, "loop.jpg");
        Link(gone, "nowhere.jpg");
        Link(loop, "loop.jpg");

        Assert.Equal($"There is no file {gone}: it is a link to nowhere.jpg, and nothing is there.", Problem(gone));
        Assert.StartsWith($"There is no file {loop}", Problem(loop), StringComparison.Ordinal);

        static string Problem(string path) => Assert.Throws<FileNotFoundException>(() => ImageDecoder.Decode(path)).Message;
    }

    [Fact]
    public void AFileWithoutEndIsNoImage()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/zero, a file without end, is Unix's.");
        Assert.Equal(
            "/dev/zero gives more than 256 MB, which is too large for an image.",
            Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode("/dev/zero")).Message
        );
    }

    [Fact]
    public void WhereNothingIsLeftTheFilesAreCountedThatWerePassedOver()
    {
        string folder = Folder("cat/1", "cat/2", "dog/3.dat", "dog/.hidden");
        List<string> broken = [];

        Assert.Empty(LabeledImages.Open(folder).Read(new SentenceLogger(broken.Add)));

        const string Others = "3 files are skipped, because their names do not end as images' do (.jpg, .png, …).";
        Assert.Equal(Others, Assert.Single(broken));
        Assert.Equal(
            $"{folder} is a folder, not an image; {Others}",
            Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(folder)).Message
        );
    }

    [Fact]
    public void LabelsWithoutImagesAndLabelsThatLookAlikeAreNoted()
    {
        LabeledImages dataset = LabeledImages.Open(
            Folder(
                "cat/1.jpg",
                "Cat/1.jpg",
                "caf\u00e9/1.jpg",
                "cafe\u0301/1.jpg",
                "tree frog/1.jpg",
                "tree  frog/1.jpg",
                "dog/",
                "owl/1.dat"
            )
        );

        string[] notes = [.. dataset.NotesOnLabels(null, dataset.Read().Select(image => image.Label).ToHashSet())];

        const string Differ = ", and count as different labels.";
        Assert.Equal(4, notes.Length);
        Assert.Equal(
            $"2 of the 8 labels of {dataset.Path} have no images and can be answered all the same: 'dog', 'owl'; "
                + "1 file is skipped, because its name does not end as images' do (.jpg, .png, …).",
            notes[0]
        );
        Assert.Contains($"The labels 'Cat' and 'cat' differ only in capital letters{Differ}", notes);
        Assert.Contains($"The labels 'cafe\u0301' and 'caf\u00e9' differ only in how their accents are encoded{Differ}", notes);
        Assert.Contains($"The labels 'tree  frog' and 'tree frog' differ only in white space{Differ}", notes);
    }

    [Fact]
    public void LabelsThatArePersonsOwnAreComparedWithTheDatasetsAndNeedNoImages()
    {
        LabeledImages dataset = LabeledImages.Open(Folder("cat/1.jpg", "dog/1.jpg"));

        string note = Assert.Single(dataset.NotesOnLabels(["Cat", "owl"], new HashSet<string>()));

        Assert.Contains("'Cat' and 'cat'", note, StringComparison.Ordinal);
        Assert.Empty(dataset.NotesOnLabels(null, new HashSet<string> { "cat", "dog" }));
    }

    private static void Link(string path, string target)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets few people make links.");
        Directory.CreateSymbolicLink(path, target);
    }

    /// <summary>A folder with empty files, or folders where the name ends with a slash.</summary>
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
