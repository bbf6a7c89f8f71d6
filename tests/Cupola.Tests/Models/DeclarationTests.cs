using Cupola.Models;

namespace Cupola.Tests.Models;

/// <summary>What the declaration of a model says of its parameters.</summary>
public sealed class DeclarationTests
{
    /// <summary>Golden/parameters.txt was written before models were declarations, from the graphs of both towers.</summary>
    [Fact]
    public void NamesAndShapesOfOpenAisNineModelsAreTheApprovedOnes()
    {
        string[] lines =
        [
            .. from model in OpenAiModels.All
            from parameter in ClipModel.ParametersOf(model.Config).OrderBy(static entry => entry.Key, StringComparer.Ordinal)
            select $"{model.Name} {parameter.Key} [{string.Join(", ", parameter.Value)}]",
        ];
        Assert.Equal(File.ReadAllLines(SharedFolder.Own("parameters.txt")), lines);
    }
}
