using Cupola.Evaluation;

namespace Cupola.Tests.Evaluation;

/// <summary>Names of prompt sets as a page shows them.</summary>
public sealed class SetLabelsTests
{
    [Theory]
    [InlineData("imagenet-7", "imagenet-7")]
    [InlineData("/data/cupl/birds.json", "birds.json")]
    [InlineData("imagenet-7+/data/cupl/birds.json", "imagenet-7 + birds.json")]
    [InlineData("shuffled:imagenet-7+../birds.json", "shuffled: imagenet-7 + birds.json")]
    [InlineData(@"shuffled:C:\data\birds.json", "shuffled: birds.json")]
    [InlineData("template:a photo of a {}/b.", "“a photo of a {}/b.”")]
    public void FilesAreNamedWithoutTheirFolders(string name, string shown)
    {
        EvaluationResult set = Set(name);

        Assert.Equal(shown, new SetLabels([set]).Name(set));
    }

    [Fact]
    public void NamesThatWouldBeTheSameStayWhole()
    {
        EvaluationResult mine = Set("mine/birds.json"),
            yours = Set("yours/birds.json");

        SetLabels labels = new([mine, yours]);

        Assert.Equal(("mine/birds.json", "yours/birds.json"), (labels.Name(mine), labels.Name(yours)));
        Assert.Equal("2", labels.Disc(yours).Value);
    }

    private static EvaluationResult Set(string name) =>
        new(
            new(name, PromptSet.FromTemplates(["ant", "bee"], PromptTemplates.Simple)),
            ClassEnsemble.EmbeddingMean,
            [new(0, 0, 0, 1, 1)]
        );
}
