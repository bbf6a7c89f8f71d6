using System.Runtime.InteropServices;
using Cupola.Checkpoints;
using Cupola.ZeroShot;

namespace Cupola.Tests.ZeroShot;

/// <summary>Class vectors that are saved and read again.</summary>
public sealed class ClassifierFileTests
{
    [Theory]
    [InlineData(ClassEnsemble.EmbeddingMean)]
    [InlineData(ClassEnsemble.ScoreMean)]
    [InlineData(ClassEnsemble.ScoreMax)]
    public void ASavedClassifierAnswersAsBefore(ClassEnsemble ensemble)
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        ZeroShotClassifier made = ZeroShotClassifier.Create(photos.Encoded, ensemble, null).WithTemperature(1.7f);
        string path = TestFolder.NewFile("classifier.safetensors");
        made.Save(path);
        ZeroShotClassifier read = ZeroShotClassifier.Load(path, photos.Model, photos.Written);
        Assert.Equal(made.Labels, read.Labels);
        Assert.Equal((ensemble, 1.7f), (read.Ensemble, read.Temperature));
        Assert.All(Enumerable.Range(0, 5), photo =>
            Assert.Equal(made.Classify(photos.Embeddings[photo]), read.Classify(photos.Embeddings[photo]))
        );
        string again = TestFolder.NewFile("classifier.safetensors");
        read.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Fact]
    public void AClassifierOfAnotherModelOrOfOtherPromptsIsRefused()
    {
        LabeledPhotos photos = LabeledPhotos.Need();
        string path = TestFolder.NewFile("classifier.safetensors");
        ZeroShotClassifier.Create(photos.Encoded, ClassEnsemble.EmbeddingMean, null).Save(path);
        PromptSet fewer = new(photos.Labels.Select(label => KeyValuePair.Create(label, photos.Written[label].Skip(1))));
        Assert.Contains(
            "was made from other prompts",
            Refusal(() => ZeroShotClassifier.Load(path, photos.Model, fewer)),
            StringComparison.Ordinal
        );
        using ClipEmbedder other = ClipEmbedder.Load(SharedFolder.Need("parity", "vit", "transformers"));
        Assert.Contains(
            "was made with another model",
            Refusal(() => ZeroShotClassifier.Load(path, other)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("format", "another", "its format is not cupola-classifier-1")]
    [InlineData("labels", "[\"one\"]", "its vectors and its labels do not match")]
    [InlineData("labels", "[null]", "its labels are not a list of names")]
    [InlineData("labels", "{", "its labels are not a list of names")]
    [InlineData("temperature", "-1", "its temperature is not a number above 0")]
    [InlineData("temperature", "NaN", "its temperature is not a number above 0")]
    [InlineData("ensemble", "7", "its ensemble is unknown")]
    [InlineData("model_sha256", null, "its metadata has no 'model_sha256'")]
    public void RefusesAFileThatIsNoClassifierWithItsReason(string field, string? value, string reason)
    {
        Dictionary<string, string> metadata = new()
        {
            ["format"] = "cupola-classifier-1",
            ["labels"] = "[\"one\",\"two\"]",
            ["temperature"] = "1",
            ["ensemble"] = "EmbeddingMean",
            ["model_sha256"] = "",
            ["prompts_sha256"] = "",
        };
        metadata.Remove(field);
        if (value is not null)
        {
            metadata[field] = value;
        }

        string path = WriteFile(metadata, [1, 0, 0, 1], [0, 1]);
        Assert.Equal($"{path} is not a classifier that Cupola saved: {reason}.", Refusal(() => ClassifierFile.Read(path)));
    }

    [Theory]
    [InlineData(new float[] { 1, 0, 0, float.NaN }, new float[] { 0, 1 }, "its vectors contain values that are not numbers")]
    [InlineData(new float[] { 1, 0, 0, 1 }, new float[] { 0, 2 }, "its vectors and its labels do not match")]
    [InlineData(new float[] { 1, 0, 0, 1 }, new float[] { 0, 0.5f }, "its vectors and its labels do not match")]
    [InlineData(new float[] { 1, 0, 0, 1 }, new float[] { 0, 0 }, "its vectors and its labels do not match")]
    public void RefusesNumbersThatAreNoClassVectors(float[] vectors, float[] classes, string reason)
    {
        Dictionary<string, string> metadata = new()
        {
            ["format"] = "cupola-classifier-1",
            ["labels"] = "[\"one\",\"two\"]",
            ["temperature"] = "1",
            ["ensemble"] = "EmbeddingMean",
            ["model_sha256"] = "",
            ["prompts_sha256"] = "",
        };
        string path = WriteFile(metadata, vectors, classes);
        Assert.Equal($"{path} is not a classifier that Cupola saved: {reason}.", Refusal(() => ClassifierFile.Read(path)));
    }

    private static string Refusal(Action action) => Assert.Throws<InvalidDataException>(action).Message;

    private static string WriteFile(Dictionary<string, string> metadata, float[] vectors, float[] classes)
    {
        string path = TestFolder.NewFile("classifier.safetensors");
        SafetensorsFile.Write(
            path,
            [
                ("vectors", [classes.Length, vectors.Length / classes.Length], stream =>
                    stream.Write(MemoryMarshal.AsBytes<float>(vectors))
                ),
                ("classes", [classes.Length], stream => stream.Write(MemoryMarshal.AsBytes<float>(classes))),
            ],
            metadata
        );
        return path;
    }
}
