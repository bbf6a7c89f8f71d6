namespace Cupola.Tests.Prompts;

public sealed class PromptTemplateTests
{
    [Theory]
    [InlineData("a photo of a {}.", "tench", "a photo of a tench.")]
    [InlineData("{}", "cat", "cat")]
    [InlineData("a {} in a video game.", "{}", "a {} in a video game.")]
    [InlineData("{0} and {c} are no gaps, {} is", "it", "{0} and {c} are no gaps, it is")]
    public void PutsTheLabelIntoTheGap(string template, string label, string prompt) =>
        Assert.Equal(prompt, new PromptTemplate(template).Format(label));

    [Theory]
    [InlineData("a photo of a {c}.")]
    [InlineData("a photo of a {label}.")]
    [InlineData("a photo of a {class}.")]
    [InlineData("a photo of a {class_name}.")]
    [InlineData("a photo of a {classname}.")]
    [InlineData("a photo of a {CLASS}.")]
    [InlineData("a photo of a {0}.")]
    public void TheGapMayHaveTheNameOfOtherPrograms(string template) =>
        Assert.Equal("a photo of a {c} cat.", new PromptTemplate(template).Format("{c} cat"));

    [Theory]
    [InlineData("lambda c: f'a photo of a {c}.',")]
    [InlineData("    lambda c: f'a bad photo of a {c}.'")]
    [InlineData("'a photo of a {}.',")]
    [InlineData("f\"a photo of a {c}.\"")]
    [InlineData("imagenet_templates = [")]
    public void PythonCodeIsToldAndNotAsked(string template) =>
        Assert.EndsWith(
            "is Python code; write only the sentences, one per line, as in: a photo of a {}.",
            Assert.Throws<ArgumentException>(() => new PromptTemplate(template)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a {c} and a {c}.")]
    [InlineData("a {c} and a {label}.")]
    [InlineData("a %s.")]
    [InlineData("a {name}.")]
    [InlineData("")]
    [InlineData("a photo of a cat.")]
    [InlineData("a {} and a {}.")]
    [InlineData("a { }")]
    public void RefusesATemplateWithoutOneGap(string template) =>
        Assert.Equal(
            $"The template '{template}' must contain {{}} exactly once, where the class name goes.",
            Assert.Throws<ArgumentException>(() => new PromptTemplate(template)).Message
        );

    [Fact]
    public void HasTwoBuiltInSets()
    {
        Assert.Equal(["a photo of a {}."], PromptTemplates.Read("simple").Select(template => template.Text));
        Assert.Equal(
            [
                "itap of a {}.",
                "a bad photo of the {}.",
                "a origami {}.",
                "a photo of the large {}.",
                "a {} in a video game.",
                "art of the {}.",
                "a photo of the small {}.",
            ],
            PromptTemplates.Read("imagenet-7").Select(template => template.Text)
        );
    }

    [Fact]
    public void ReadsOpenAIsEightyTemplates()
    {
        IReadOnlyList<PromptTemplate> templates = PromptTemplates.Read(
            SharedFolder.Need("data", "imagenet", "imagenet_templates.json")
        );
        Assert.Equal(80, templates.Count);
        Assert.Equal("a bad photo of a tench.", templates[0].Format("tench"));
        Assert.Empty(PromptTemplates.ImageNet7.Except(templates));
    }

    [Fact]
    public void ReadsOneTemplateALine()
    {
        using TextFixture file = new("templates.txt", "a photo of a {}.\n\nart of the {}.\n");
        Assert.Equal(["a photo of a {}.", "art of the {}."], PromptTemplates.Read(file.Path).Select(template => template.Text));
    }

    [Fact]
    public void NamesTheFileAndTheTemplateThatIsNone()
    {
        using TextFixture file = new("templates.txt", "a photo of a {}.\na photo.\n");
        Assert.Equal(
            $"'{file.Path}': The template 'a photo.' must contain {{}} exactly once, where the class name goes.",
            Assert.Throws<InvalidDataException>(() => PromptTemplates.Read(file.Path)).Message
        );
    }

    [Fact]
    public void SaysWhichNamesThereAre() =>
        Assert.Equal(
            "'imagenet-8' is neither a built-in set of templates (simple, imagenet-7) nor a file.",
            Assert.Throws<FileNotFoundException>(() => PromptTemplates.Read("imagenet-8")).Message
        );
}
