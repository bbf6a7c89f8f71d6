using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cupola.Tests.ZeroShot;

namespace Cupola.Tests;

/// <summary>The samples, built and run as a person would.</summary>
public sealed class SampleTests
{
    [Fact]
    public void TheTwoFrogsAreToldApartByNameAndByEveryEnsembleOfTheirSentences()
    {
        string photo = LabeledPhotos.Need().Files[0],
            sentences = SharedFolder.Need("data", "cupl", "imagenet_prompts_base.json");
        ProcessStartInfo start = new(
            "dotnet",
            [
                "run",
                "-c",
                "Release",
                Path.Combine(SharedFolder.Root, "samples", "tree-frog.cs"),
                SharedFolder.Need("models", "photo-tiny"),
                photo,
                sentences,
            ]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(
            [
                "by name",
                "by 60 sentences, EmbeddingMean",
                "by 60 sentences, PooledMean",
                "by 60 sentences, ScoreMean",
                "by 60 sentences, ScoreMax",
            ],
            lines.Select(line => line[..32].TrimEnd())
        );
        ClipEmbedder model = LabeledPhotos.Need().Model;
        float[] image = model.EmbedImages([photo]).Single().Vector!;
        PromptSet frogs = PromptSet.Read(sentences).Select(["tree frog", "tailed frog"]).Prompts;
        Assert.All(Enum.GetValues<ClassEnsemble>(), ensemble =>
        {
            float expected = ZeroShotClassifier
                .Create(model, frogs, ensemble)
                .Classify(image)
                .Single(prediction => prediction.Label == "tree frog")
                .Probability;
            Assert.Equal(
                expected,
                TreeFrog(lines.Single(line => line.Contains($", {ensemble} ", StringComparison.Ordinal))),
                1e-4f
            );
        });
    }

    private static float TreeFrog(string line) =>
        float.Parse(Regex.Match(line, "tree frog ([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
}
