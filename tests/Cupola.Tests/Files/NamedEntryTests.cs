using Cupola.Prompts;
using Cupola.Tests.Prompts;

namespace Cupola.Tests.Files;

/// <summary>Files that hold the templates, labels or prompts of several data sets, each below its name.</summary>
public sealed class NamedEntryTests
{
    private const string Templates = """{"cifar10": ["a photo of a {c}."], "caltech101": ["a {c}", "art of the {c}"]}""";

    private const string Prompts =
        """{"imagenet1k": {"rocket": ["A rocket."]}, "cifar10": {"cat": ["A cat."], "dog": ["A dog."]}}""";

    [Fact]
    public void TemplatesAreEnteredByNameAndTheOnlyListByItself()
    {
        using TextFixture several = new("t.json", Templates),
            one = new("t.json", """{"cifar10": ["a photo of a {c}."]}""");

        IReadOnlyList<PromptTemplate> entered = PromptTemplates.Read($"{several.Path}#caltech101");

        Assert.Equal(["a {c}", "art of the {c}"], entered.Select(static template => template.Text));
        Assert.Equal("a photo of a cat.", Assert.Single(PromptTemplates.Read(one.Path)).Format("cat"));
        Assert.Equal(
            $"'{several.Path}' contains the templates of several data sets, 'cifar10', 'caltech101'; "
                + $"name one, as in '{several.Path}#cifar10'.",
            Problem(several.Path)
        );
        Assert.Equal($"'{several.Path}' has no entry 'mnist'; it has 'cifar10', 'caltech101'.", Problem($"{several.Path}#mnist"));

        static string Problem(string path) => Assert.Throws<InvalidDataException>(() => PromptTemplates.Read(path)).Message;
    }

    [Fact]
    public void PromptsAreEnteredByNameAndTheOnlyOnesByThemselves()
    {
        using TextFixture several = new("p.json", Prompts),
            one = new("p.json", """{"imagenet1k": {"rocket": ["A rocket."]}}""");

        Assert.Equal(["cat", "dog"], PromptSet.Read($"{several.Path}#cifar10").ClassNames);
        Assert.Equal(["rocket"], PromptSet.Read(one.Path).ClassNames);
        Assert.Contains(
            "contains the prompts of several data sets, 'imagenet1k', 'cifar10'",
            Problem(several.Path),
            StringComparison.Ordinal
        );
        Assert.Contains("has no entry 'x'", Problem($"{several.Path}#x"), StringComparison.Ordinal);
        Assert.True(PromptSet.IsFile($"{several.Path}#cifar10"));

        static string Problem(string path) => Assert.Throws<InvalidDataException>(() => PromptSet.Read(path)).Message;
    }

    [Fact]
    public void LabelsAreEnteredByName()
    {
        using TextFixture names = new("names.json", """{"cifar10": ["cat", "dog"], "mnist": ["0", "1"]}""");

        Assert.Equal(["0", "1"], LabelList.Read($"{names.Path}#mnist"));
        Assert.False(PromptSet.IsFile($"{names.Path}#mnist"));
    }

    [Fact]
    public void AFileWhoseOwnNameHasTheMarkComesFirst()
    {
        using TextFixture sharp = new("c#.txt", "a {} in C#"),
            json = new("c#.json", Templates);

        Assert.Equal("a {} in C#", Assert.Single(PromptTemplates.Read(sharp.Path)).Text);
        Assert.Equal("a photo of a {c}.", Assert.Single(PromptTemplates.Read($"{json.Path}#cifar10")).Text);
        Assert.Throws<FileNotFoundException>(() => PromptTemplates.Read("no#such.json"));
    }
}
