using Cupola.Graphs;
using Cupola.Training;

namespace Cupola.Tests.Training;

public sealed class TrainingSettingsTests
{
    [Fact]
    public void AFileSaysOnlyWhatItWantsOtherwiseAndMayHaveComments()
    {
        TrainingSettings settings = new TrainingSettings().With(Written("""
            { // a comment
              "batch": 64, "loss": "contrastive", "frozen": ["text"], "average": 0.99, "storage": "float16",
              "model": { "imageWidth": 64, }, /* another */
            }
            """));

        Assert.Equal(
            new TrainingSettings
            {
                Batch = 64,
                Loss = LossKind.Contrastive,
                Frozen = settings.Frozen,
                Average = 0.99,
                Storage = ElementType.Float16,
                Model = new() { ImageWidth = 64 },
            },
            settings);
        Assert.Equal(["text"], settings.Frozen);
    }

    [Theory]
    [InlineData("""{ "batchSize": 64 }""", "there is no setting 'batchSize'; there are batch, epochs, steps, learningRate, warmUp, ")]
    [InlineData("""{ "model": { "depth": 3 } }""", "there is no setting 'model.depth'; there are imageSize, patchSize, ")]
    [InlineData("""{ "batch": "many" }""", "'batch' is \"many\", which is not what it takes; it is 256 by default.")]
    [InlineData("""{ "batch": 2.5 }""", "'batch' is 2.5, ")]
    [InlineData("""{ "batch": null }""", "'batch' is null, ")]
    [InlineData("""{ "loss": "hinge" }""", "'loss' is \"hinge\", which is not what it takes; it is \"labelled\" by default.")]
    [InlineData("""{ "model": 3 }""", "'model' is 3, ")]
    [InlineData("""{ "model": null }""", "'model' is null, ")]
    [InlineData("""{ "frozen": null }""", "'frozen' is null, ")]
    [InlineData("""{ "model": { "imageWidth": true } }""", "'model.imageWidth' is true, ")]
    [InlineData("""{ "frozen": "text" }""", "'frozen' is \"text\", ")]
    [InlineData("""[ 1 ]""", "settings are a JSON object")]
    [InlineData("""{ "batch": 1, "batch": 2 }""", "it is not JSON, or says something twice (line ")]
    [InlineData("{\n \"batch\": }", "it is not JSON, or says something twice (line 2)")]
    public void AFileThatCannotBeUsedIsASentence(string json, string sentence)
    {
        string path = Written(json);

        string message = Assert.Throws<InvalidDataException>(() => new TrainingSettings().With(path)).Message;

        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABatchOfOneIsNothingToTellApart() =>
        Assert.Contains(
            "'batch' is 1; each pair is told from the others of its batch", Assert.Throws<ArgumentException>(() => (new TrainingSettings { Batch = 1 }).Checked()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "learningRate": 0 }""", "learningRate")]
    [InlineData("""{ "epochs": -1 }""", "epochs")]
    [InlineData("""{ "beta2": 1 }""", "beta2")]
    [InlineData("""{ "layerDecay": 1.5 }""", "layerDecay")]
    [InlineData("""{ "storage": "int8" }""", "storage")]
    [InlineData("""{ "frozen": [null] }""", "frozen")]
    [InlineData("""{ "model": { "imageSize": 33 } }""", "model")]
    [InlineData("""{ "hardNegatives": 512 }""", "hardNegatives")]
    [InlineData("""{ "init": "a", "tokenizer": "b" }""", "tokenizer")]
    [InlineData("""{ "init": "a", "model": { "imageSize": 224 } }""", "model")]
    [InlineData("""{ "model": { "imageWidth": 100, "imageHeads": 3 } }""", "model")]
    public void AnImpossibleSettingIsNamed(string json, string name) =>
        Assert.Contains($"The setting '{name}'", Assert.Throws<ArgumentException>(() => new TrainingSettings().With(Written(json)).Checked()).Message, StringComparison.Ordinal);

    [Fact]
    public void EachSettingStandsInTheDocumentation()
    {
        string documentation = File.ReadAllText(Path.Combine(SharedFolder.Root, "docs", "training.md"));
        string[] names = [.. TrainingSettingsFile.ToJson(new()).Select(static entry => entry.Key), .. TrainingSettingsFile.ToJson(new())["model"]!.AsObject().Select(static entry => $"model.{entry.Key}")];

        Assert.All(names, name => Assert.Contains($"| `{name}` |", documentation, StringComparison.Ordinal));
    }

    private static string Written(string json)
    {
        string path = TestFolder.NewFile("settings.json");
        File.WriteAllText(path, json);
        return path;
    }
}
