using System.Text.Json;
using Cupola.ZeroShot;

namespace Cupola.Tests.Cli;

/// <summary>Weights that are learned from images without labels: <c>--weights zpe</c>.</summary>
public sealed class WeightsTests
{
    private static readonly string[] Labels = ["ant", "crab", "lobster"];

    private static string Model => SharedFolder.Need("models", "photo-tiny");

    private static string Caltech => SharedFolder.Need("data", "photo-tiny-test", "caltech80");

    private static string Cupl => SharedFolder.Need("data", "cupl", "cal_prompts_full.json");

    [Fact]
    public void AnswersAreTheLibrarysWithWeightsOfAllTheImages()
    {
        string folder = TestFolder.New();
        string[] images =
        [
            .. Labels.SelectMany(label =>
                Directory
                    .EnumerateFiles(Path.Combine(Caltech, label))
                    .Take(3)
                    .Select((file, index) => Copy(file, Path.Combine(folder, $"{label}{index}.jpg")))
            ),
        ];
        string broken = Path.Combine(folder, "broken.jpg");
        File.WriteAllText(broken, "no image");
        using ClipEmbedder embedder = ClipEmbedder.Load(Model);
        EncodedPrompts encoded = EncodedPrompts.Encode(embedder, PromptSet.Read(Cupl).Select(Labels).Prompts);
        float[][] embeddings =
        [
            .. embedder.EmbedImages(images.Order(StringComparer.Ordinal)).Select(static image => image.Vector!),
        ];
        ZeroShotClassifier weighed = ZeroShotClassifier.Create(
            encoded,
            ClassEnsemble.EmbeddingMean,
            PromptWeights.FromImages(
                encoded,
                new([.. embeddings.SelectMany(static each => each)], embeddings.Length, embeddings[0].Length)
            )
        );

        Tool.Run zpe = Classify("--weights", "zpe"),
            even = Classify("--weights", "even");

        Assert.Equal((1, 1), (zpe.ExitCode, even.ExitCode));
        Assert.Contains("broken.jpg", zpe.Error, StringComparison.Ordinal);
        JsonElement[] lines = [.. zpe.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            images.Append(broken).Order(StringComparer.Ordinal),
            lines.Select(static line => line.GetProperty("image").GetString())
        );
        Assert.All(lines.Where(static line => line.TryGetProperty("predictions", out _)).Zip(embeddings), pair =>
        {
            Prediction best = weighed.Classify(pair.Second)[0];
            JsonElement first = pair.First.GetProperty("predictions")[0];
            Assert.Equal(best.Label, first.GetProperty("label").GetString());
            Assert.Equal(best.Probability, first.GetProperty("probability").GetSingle(), 1e-5f);
        });
        Assert.NotEqual(even.Output, zpe.Output);

        Tool.Run Classify(params string[] more) =>
            Tool.Start([
                "classify",
                folder,
                "--labels",
                string.Join(',', Labels),
                "--prompts",
                Cupl,
                "--model",
                Model,
                "--format",
                "json",
                .. more,
            ]);
    }

    [Fact]
    public void EachWeightingOfASetIsJudgedBesideTheOthers()
    {
        Tool.Run run = Tool.Start(
            "evaluate",
            Caltech,
            "--labels",
            string.Join(',', Labels),
            "--template",
            "a {}.",
            "--prompts",
            Cupl,
            "--shuffled",
            "--weights",
            "even",
            "--weights",
            "zpe",
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        Dictionary<string, JsonElement> sets = run
            .Lines.Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(static line => line.TryGetProperty("prompts", out _))
            .ToDictionary(static line => line.GetProperty("prompts").GetString()!);
        Assert.Equal(
            ["template:a {}.", "zpe:template:a {}.", Cupl, $"zpe:{Cupl}", $"shuffled:{Cupl}", $"zpe:shuffled:{Cupl}"],
            sets.Keys
        );
        // One prompt a label has nothing to weigh; thirty have.
        Assert.Equal(
            sets["template:a {}."].GetProperty("calibrationError").GetDouble(),
            sets["zpe:template:a {}."].GetProperty("calibrationError").GetDouble(),
            1e-6
        );
        Assert.NotEqual(
            sets[Cupl].GetProperty("calibrationError").GetDouble(),
            sets[$"zpe:{Cupl}"].GetProperty("calibrationError").GetDouble(),
            1e-6
        );
    }

    [Fact]
    public void InfluenceShowsTheWeights()
    {
        string folder = Path.Combine(Caltech, "crab");

        Tool.Run run = Tool.Start(
            "prompts",
            "influence",
            folder,
            "--labels",
            string.Join(',', Labels),
            "--prompts",
            Cupl,
            "--top",
            "1",
            "--weights",
            "zpe",
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        var weights = run
            .Lines.Select(static line => JsonDocument.Parse(line).RootElement)
            .GroupBy(static line => line.GetProperty("image").GetString()!, static line => line.GetProperty("weight").GetDouble())
            .ToArray();
        Assert.Equal(10, weights.Length);
        Assert.All(weights, static ofImage => Assert.Equal(1, ofImage.Sum(), 1e-5));
        Assert.Contains(weights, static ofImage => ofImage.Max() > ofImage.Min() + 1e-4);
    }

    [Theory]
    [InlineData(2, "each is judged for itself", "--labels", "a,b", "--multi-label", "--weights", "zpe")]
    [InlineData(2, "omit --weights", "--classifier", "a.safetensors", "--weights", "zpe")]
    [InlineData(2, "named more than once", "--labels", "a,b", "--weights", "zpe", "--weights", "even")]
    [InlineData(2, "takes the best alone", "--labels", "a,b", "--weights", "zpe", "--ensemble", "score-max")]
    public void WhatCannotBeWeighedIsRefusedBeforeAnyModelIsRead(int code, string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["classify", "photo.jpg", .. options, "--model", "no such model"]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAnyImageThatCanBeReadNothingIsLearned()
    {
        Tool.Run run = Tool.Start(
            "classify",
            "no such.jpg",
            "--labels",
            "a,b",
            "--templates",
            "imagenet-7",
            "--weights",
            "zpe",
            "--model",
            Model
        );

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(
            "Weights are learned from images, and none of the 1 can be read, the first because of this: There is no file no "
                + "such.jpg",
            run.Error,
            StringComparison.Ordinal
        );
    }

    private static string Copy(string from, string to)
    {
        File.Copy(from, to);
        return to;
    }
}
