using System.Text.RegularExpressions;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Models.Layers;

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

    [Fact]
    public void EveryParameterSaysWhatItIsWhereItStandsAndHowItBegins() =>
        Assert.All(
            OpenAiModels.All.SelectMany(static model => new ClipNetwork(model.Config, hasLogitBias: true).Parameters),
            static parameter =>
            {
                Assert.True(Enum.IsDefined(parameter.Kind));
                Assert.NotNull(parameter.Initialization);
                Assert.Equal(
                    parameter.Name.Split('.')[0] switch
                    {
                        "text" => TowerKind.Text,
                        "image" => TowerKind.Image,
                        _ => TowerKind.Both,
                    },
                    parameter.Tower
                );
                // open_clip's rule, which the reference trainings went by: all that has two axes decays.
                Assert.Equal(parameter.Shape.Count >= 2, parameter.Decays);
                Assert.Equal(parameter.Name.Contains(".running_", StringComparison.Ordinal), parameter.IsStatistic);
            }
        );

    [Fact]
    public void TheGraphsThatLearnReadWhatWasDeclaredAndNothingElse() =>
        Assert.All(new[] { OpenAiModels.All[0].Config, OpenAiModels.All[5].Config }, static config =>
        {
            ClipNetwork network = new(config);
            GraphBuilder graph = new(OperatorSet.Trainable);
            Value images = network.Image.Input(graph, "images", ImageForm.PixelValues);
            network.Image.Describe(graph, images, new(config.Image.ImageSize), TowerRequest.Embedding);
            network.Text.Describe(graph, network.Text.Packed(graph, PackedTree.Describe(graph)), TowerRequest.Embedding);
            Assert.Equal(
                network.Parameters.Select(static parameter => parameter.Name).Except([network.LogitScale.Name]),
                graph.Build().Parameters.Select(static parameter => parameter.Name).Order(StringComparer.Ordinal)
            );
        });

    /// <summary>
    /// A layer says the last part of a name; the whole name of a parameter of the image tower stands where names of files are
    /// translated, where an architecture is inferred from them, and in an example of what can be frozen.
    /// </summary>
    [Fact]
    public void FewFilesNameAParameterOfTheImageTower()
    {
        string library = Path.Combine(SharedFolder.Root, "src", "Cupola");
        string parts = string.Join(
            '|',
            OpenAiModels
                .All.SelectMany(static model => new ClipNetwork(model.Config).Parameters)
                .Where(static parameter => parameter.Tower == TowerKind.Image)
                .Select(static parameter => parameter.Name.Split('.')[1])
                .Distinct()
        );
        // "image.stages" alone is a member of the configuration.
        Regex name = new($"\"[^\"\n]*image\\\\?\\.(?!stages\")\\(?({parts})\\b", RegexOptions.None, TimeSpan.FromSeconds(10));

        Assert.Equal(
            ["LayerwiseDecay.cs", "OpenAiConfig.cs", "OpenAiNames.cs", "SiglipNames.cs", "TransformersNames.cs"],
            Directory
                .EnumerateFiles(library, "*.cs", SearchOption.AllDirectories)
                .Where(file => name.IsMatch(File.ReadAllText(file)))
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
        );
    }
}
