using Cupola.Files;
using Cupola.Training.Losses;
using Cupola.Training.Run;

namespace Cupola.Tests.Training.Run;

public sealed class TrainingSettingsTests
{
    [Fact]
    public void AFileSaysOnlyWhatItWantsOtherwiseAndMayHaveComments()
    {
        TrainingSettings settings = new TrainingSettings().With(
            Written(
                """
                { // a comment
                  "batch": 64, "loss": "infoNce", "maskSameLabel": false, "frozen": ["text"], "emaDecay": 0.99,
                  "weightsType": "float16",
                  "model": { "imageWidth": 64, }, /* another */
                }
                """
            )
        );

        Assert.Equal(
            new TrainingSettings
            {
                Batch = 64,
                Loss = LossKind.InfoNce,
                MaskSameLabel = false,
                Frozen = settings.Frozen,
                Optimizer = new() { EmaDecay = 0.99 },
                Run = new() { WeightsType = WeightsType.Float16 },
                Model = new() { ImageWidth = 64 },
            },
            settings
        );
        Assert.Equal(["text"], settings.Frozen);
    }

    [Theory]
    [InlineData(
        """{ "batchSize": 64 }""",
        "there is no setting 'batchSize'; there are batch, epochs, steps, learningRate, warmUp, "
    )]
    [InlineData("""{ "model": { "depth": 3 } }""", "there is no setting 'model.depth'; there are imageSize, patchSize, ")]
    [InlineData("""{ "batch": "many" }""", "'batch' is \"many\"; it takes a whole number (256 by default).")]
    [InlineData("""{ "batch": 2.5 }""", "'batch' is 2.5; ")]
    [InlineData("""{ "batch": null }""", "'batch' is null; ")]
    [InlineData("""{ "loss": "hinge" }""", "'loss' is \"hinge\"; it takes infoNce or sigLip or null (null by default).")]
    [InlineData("""{ "model": 3 }""", "'model' is 3; ")]
    [InlineData("""{ "model": null }""", "'model' is null; ")]
    [InlineData("""{ "frozen": null }""", "'frozen' is null; ")]
    [InlineData("""{ "model": { "imageWidth": true } }""", "'model.imageWidth' is true; ")]
    [InlineData("""{ "frozen": "text" }""", "'frozen' is \"text\"; it takes a list ([] by default).")]
    [InlineData(
        """{ "weightsType": "int3" }""",
        "'weightsType' is \"int3\"; it takes float32 or float16 (\"float32\" by default)."
    )]
    [InlineData("""{ "flip": "yes" }""", "it takes true or false (false by default).")]
    [InlineData("""{ "epochs": "0,5" }""", "it takes a number (32 by default).")]
    [InlineData("""{ "steps": "all" }""", "it takes a whole number or null (null by default).")]
    [InlineData("""{ "seed": 99999999999 }""", "it takes a whole number up to 2147483647 (0 by default).")]
    [InlineData("""{ "epochs": 1e400 }""", "'epochs' is 1e400, and no setting is so large.")]
    [InlineData("""{ "epsilon": 1e50 }""", "'epsilon' is 1e50, and no setting is so large.")]
    [InlineData("""{ "colour": "blue" }""", "'colorJitter' is \"blue\"; it takes a number (0 by default).")]
    [InlineData("""{ "colour": 0, "colorJitter": 1 }""", "it sets 'colorJitter' twice, once under its former name")]
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
    public void AFormerNameIsReadWithANote()
    {
        string former = Written(
                """
                { "average": 0.9, "storage": "float16", "frozenStatistics": true, "keptMegabytes": 7, "chunkPairs": 3,
                  "chunkTokens": 4, "colour": 0.2, "smallestArea": 0.5, "loss": "labelledSigmoid" }
                """
            ),
            today = Written(
                """
                { "emaDecay": 0.9, "weightsType": "float16", "freezeBatchNorm": true, "activationMegabytes": 7,
                  "microBatchSize": 3, "microBatchTokens": 4, "colorJitter": 0.2, "minimumScale": 0.5, "loss": "sigLip",
                  "maskSameLabel": true }
                """
            );
        List<string> notes = [];

        TrainingSettings settings = new TrainingSettings().With(former, new SentenceLogger(notes.Add));

        Assert.Equal(
            TrainingSettingsFile.ToJson(new TrainingSettings().With(today)).ToJsonString(),
            TrainingSettingsFile.ToJson(settings).ToJsonString()
        );
        Assert.Equal(9, notes.Count);
        Assert.Equal($"{former}: the setting 'colour' is called 'colorJitter'.", notes[6]);
        Assert.Equal($"{former}: the loss 'labelledSigmoid' is called 'sigLip' with \"maskSameLabel\": true.", notes[8]);
    }

    [Theory]
    [InlineData("labelled", LossKind.InfoNce, true)]
    [InlineData("contrastive", LossKind.InfoNce, false)]
    [InlineData("labelledSigmoid", LossKind.SigLip, true)]
    [InlineData("sigmoid", LossKind.SigLip, false)]
    public void AFormerLossSaysWhetherEqualCaptionsAreMasked(string former, LossKind loss, bool maskSameLabel)
    {
        TrainingSettings settings = new TrainingSettings().With(Written($$"""{ "loss": "{{former}}" }"""));

        Assert.Equal((loss, maskSameLabel), (settings.Loss, settings.MaskSameLabel));
    }

    [Fact]
    public void ABatchOfOneIsNothingToTellApart() =>
        Assert.Contains(
            "'batch' is 1; each pair is told from the others of its batch",
            Assert.Throws<ArgumentException>(() => (new TrainingSettings { Batch = 1 }).Checked()).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("""{ "learningRate": 0 }""", "learningRate")]
    [InlineData("""{ "epochs": -1 }""", "epochs")]
    [InlineData("""{ "beta2": 1 }""", "beta2")]
    [InlineData("""{ "layerDecay": 1.5 }""", "layerDecay")]
    [InlineData("""{ "epsilon": 1 }""", "epsilon")]
    [InlineData("""{ "steps": 99999999999 }""", "steps")]
    [InlineData("""{ "frozen": [null] }""", "frozen")]
    [InlineData("""{ "model": { "imageSize": 33 } }""", "model.patchSize")]
    [InlineData("""{ "hardNegatives": 512 }""", "hardNegatives")]
    [InlineData("""{ "init": "a", "tokenizer": "b" }""", "tokenizer")]
    [InlineData("""{ "init": "a", "model": { "imageSize": 224 } }""", "model")]
    [InlineData("""{ "model": { "imageWidth": 100, "imageHeads": 3 } }""", "model.imageHeads")]
    [InlineData("""{ "model": { "imageWidth": 200 } }""", "model.imageWidth")]
    [InlineData("""{ "model": { "textWidth": 200 } }""", "model.textWidth")]
    [InlineData("""{ "model": { "textHeads": 0 } }""", "model.textHeads")]
    [InlineData("""{ "model": { "textWidth": 2147483647 } }""", "model.textWidth")]
    [InlineData("""{ "model": { "textLayers": -1 } }""", "model.textLayers")]
    [InlineData("""{ "model": { "imageLayers": 1000000 } }""", "model.imageLayers")]
    [InlineData("""{ "model": { "patchSize": 64 } }""", "model.patchSize")]
    [InlineData("""{ "model": { "patchSize": 0 } }""", "model.patchSize")]
    [InlineData("""{ "model": { "imageSize": 16384, "patchSize": 1 } }""", "model.patchSize")]
    [InlineData("""{ "model": { "imageSize": -48 } }""", "model.imageSize")]
    [InlineData("""{ "model": { "imageSize": 2000000000, "patchSize": 1 } }""", "model.imageSize")]
    [InlineData("""{ "model": { "contextLength": 1 } }""", "model.contextLength")]
    [InlineData("""{ "model": { "contextLength": 65536 } }""", "model.contextLength")]
    [InlineData("""{ "model": { "vocabulary": 100 } }""", "model.vocabulary")]
    [InlineData("""{ "model": { "vocabulary": 2147483647 } }""", "model.vocabulary")]
    [InlineData("""{ "model": { "embeddingDimension": 0 } }""", "model.embeddingDimension")]
    [InlineData("""{ "model": { "stages": [1, 2], "imageSize": 64 } }""", "model.stages")]
    [InlineData("""{ "model": { "stages": [1, 1, 1, 0], "imageSize": 64 } }""", "model.stages")]
    [InlineData("""{ "model": { "stages": [1, 1, 1, 1], "imageSize": 48 } }""", "model.imageSize")]
    [InlineData("""{ "model": { "stages": [1, 1, 1, 1], "imageSize": 64, "imageWidth": 33 } }""", "model.imageWidth")]
    [InlineData("""{ "model": { "imageWidth": 32768, "imageLayers": 1024 } }""", "model")]
    public void AnImpossibleSettingIsNamed(string json, string name) =>
        Assert.Contains(
            $"The setting '{name}'",
            Assert.Throws<ArgumentException>(() => new TrainingSettings().With(Written(json)).Checked()).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void EachSettingStandsInTheDocumentation()
    {
        string documentation = File.ReadAllText(Path.Combine(SharedFolder.Root, "docs", "training.md"));
        string[] names =
        [
            .. TrainingSettingsFile.ToJson(new()).Select(static entry => entry.Key),
            .. TrainingSettingsFile.ToJson(new())["model"]!.AsObject().Select(static entry => $"model.{entry.Key}"),
        ];

        Assert.All(names, name => Assert.Contains($"| `{name}` |", documentation, StringComparison.Ordinal));
    }

    private static string Written(string json)
    {
        string path = TestFolder.NewFile("settings.json");
        File.WriteAllText(path, json);
        return path;
    }
}
