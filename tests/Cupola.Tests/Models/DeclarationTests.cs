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
            from parameter in new ClipNetwork(model.Config).Parameters
            select $"{model.Name} {parameter.Name} [{string.Join(", ", parameter.Shape)}]",
        ];
        Assert.Equal(File.ReadAllLines(SharedFolder.Own("parameters.txt")), lines);
    }
}
