using Cupola.Questions;

namespace Cupola.Tests.Questions;

/// <summary>Which file a question's image is.</summary>
public sealed class QuestionImagesTests
{
    [Theory]
    [InlineData("a/1.png", "a/1.png")]
    [InlineData("42", "COCO_val2014_000000000042.jpg")]
    [InlineData("43", "000000000043.png")]
    [InlineData("44", "b/44.jpg")]
    [InlineData("dog", "b/dog.png")]
    [InlineData("dog.png", "b/dog.png")]
    [InlineData("dog.jpg", "b/dog.png")]
    [InlineData("photo.v2", "photo.v2.png")]
    [InlineData("same.gif", "b/same.gif")]
    public void AnImageIsItsPathOrTheOnlyOneOfItsName(string name, string file)
    {
        (string folder, QuestionImages images) = Open();
        Assert.Equal(Path.Combine(folder, file), images.Find(name));
        Assert.Empty(images.NotFound);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("\\")]
    public void APathMayBeginAboveTheFolder(string separator)
    {
        (string folder, QuestionImages images) = Open();
        string name = string.Join(separator, Path.GetFileName(folder), "a", "1.png");
        Assert.Equal(Path.Combine(folder, "a/1.png"), images.Find(name));
    }

    [Theory]
    [InlineData("c/1.png")]
    [InlineData("c/1")]
    [InlineData("c\\1.png")]
    [InlineData("c/44")]
    [InlineData("44.5")]
    [InlineData("cat")]
    public void AnImageThatIsMissingIsNotTakenForAnother(string name)
    {
        QuestionImages images = Open().Images;
        Assert.Null(images.Find(name));
        Assert.Equal($"1 image is not in the folder, and its questions are left out: {name}.", Assert.Single(images.NotFound));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.png")]
    [InlineData("same")]
    [InlineData("same.jpg")]
    public void ANameOfSeveralImagesIsNone(string name)
    {
        QuestionImages images = Open().Images;
        Assert.Null(images.Find(name));
        Assert.StartsWith("1 name is shared by several images", Assert.Single(images.NotFound), StringComparison.Ordinal);
    }

    private static (string Folder, QuestionImages Images) Open()
    {
        string folder = TestFolder.New();
        string[] files =
        [
            "a/1.png",
            "b/1.png",
            "a/same.png",
            "b/same.gif",
            "b/44.jpg",
            "b/dog.png",
            "photo.v2.png",
            "COCO_val2014_000000000042.jpg",
            "000000000043.png",
        ];
        foreach (string file in files)
        {
            string path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        return (folder, new(folder));
    }
}
