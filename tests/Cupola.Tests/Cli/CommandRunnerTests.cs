using System.Security.Cryptography;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Images;

namespace Cupola.Tests.Cli;

/// <summary>Each verb as the contract of the command line says.</summary>
public sealed class CommandRunnerTests
{
    private static string Model => SharedFolder.AnyModel;

    private static string Photo => SharedFolder.AnyImage;

    [Fact]
    public void ClassifyAnswersOnPhotosAsTheReference()
    {
        string photos = SharedFolder.Need("data", "photo-tiny-test");
        JsonElement[] golden =
        [
            .. File.ReadLines(SharedFolder.Need("models", "photo-tiny", "expected.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];
        foreach (IGrouping<string, JsonElement> group in golden.GroupBy(line => line.GetProperty("labels").GetString()!))
        {
            string labels = TestFolder.NewFile("file");
            File.WriteAllLines(
                labels,
                Directory
                    .EnumerateDirectories(Path.Combine(photos, group.Key))
                    .Select(folder => Path.GetFileName(folder)!)
                    .Order(StringComparer.Ordinal)
            );
            string paths = string.Join('\n', group.Select(line => Path.Combine(photos, line.GetProperty("image").GetString()!)));

            Tool.Run run = Tool.StartWithInput(
                paths,
                "classify",
                "-",
                "--labels-file",
                labels,
                "--model",
                Model,
                "--format",
                "json"
            );

            Assert.Equal(0, run.ExitCode);
            Assert.Equal(group.Count(), run.Lines.Length);
            foreach ((JsonElement expected, string line) in group.Zip(run.Lines))
            {
                JsonElement[] predictions = [.. JsonDocument.Parse(line).RootElement.GetProperty("predictions").EnumerateArray()];
                JsonElement[] top5 = [.. expected.GetProperty("top5").EnumerateArray()];
                Assert.Equal(top5[0].GetProperty("label").GetString(), predictions[0].GetProperty("label").GetString());
                Assert.All(top5.Zip(predictions), pair =>
                    Assert.Equal(
                        pair.First.GetProperty("probability").GetSingle(),
                        pair.Second.GetProperty("probability").GetSingle(),
                        1e-4f
                    )
                );
            }
        }
    }

    [Fact]
    public void InspectTokensPrintsTheIds()
    {
        Tool.Run run = Tool.Start(
            "inspect",
            "tokens",
            "a photo of a cat",
            "--model",
            SharedFolder.Need("models", "photo-tiny"),
            "--format",
            "json"
        );

        JsonElement line = JsonDocument.Parse(Assert.Single(run.Lines)).RootElement;
        Assert.Equal(
            [49406, 320, 1125, 539, 320, 2368, 49407],
            line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())
        );
        Assert.False(line.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public void InspectPixelsPrintsTheHashAndWritesTheCrop()
    {
        string crop = TestFolder.NewFile("crop.npy"),
            png = Path.ChangeExtension(crop, ".png");

        JsonElement line = JsonDocument
            .Parse(Assert.Single(Tool.Start("inspect", "pixels", Photo, "-o", crop, "--format", "json").Lines))
            .RootElement;
        Assert.Equal(0, Tool.Start("inspect", "pixels", Photo, "--size", "64", "-o", png).ExitCode);

        byte[] file = File.ReadAllBytes(crop);
        Assert.Equal(
            line.GetProperty("sha256").GetString(),
            Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(file.Length - (224 * 224 * 3))))
        );
        Assert.StartsWith("\u0093NUMPY", System.Text.Encoding.Latin1.GetString(file), StringComparison.Ordinal);
        using RgbImage image = ImageDecoder.Decode(png);
        Assert.Equal((64, 64), (image.Width, image.Height));
    }

    [Fact]
    public void InspectModelSaysWhereEverythingCameFrom()
    {
        JsonElement model = JsonDocument
            .Parse(
                Assert.Single(
                    Tool.Start("inspect", "model", "--model", SharedFolder.Need("models", "photo-tiny"), "--format", "json").Lines
                )
            )
            .RootElement;

        Assert.Equal("transformers", model.GetProperty("layout").GetString());
        Assert.Equal("vit", model.GetProperty("image").GetProperty("architecture").GetString());
        Assert.Equal(48, model.GetProperty("image").GetProperty("size").GetInt32());
        Assert.Equal(128, model.GetProperty("embedding").GetInt32());
        Assert.Equal("quick_gelu", model.GetProperty("activation").GetString());
        Assert.Equal(7586689, model.GetProperty("parameters").GetInt64());
        Assert.EndsWith(
            "preprocessor_config.json",
            model.GetProperty("sources").GetProperty("preprocessing").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void EmbedWritesUnitVectorsWithTheirNames()
    {
        string file = TestFolder.NewFile("texts.safetensors");

        Tool.Run run = Tool.Start("embed", "texts", "a dog", "a cat", "-o", file, "--model", Model);

        Assert.Equal(0, run.ExitCode);
        using TensorFile written = TensorFile.Open(file);
        float[] values = written.Tensors["embeddings"].ToArray<float>();
        Assert.Equal([2, 128], written.Tensors["embeddings"].Shape);
        Assert.Equal(1, values.Take(128).Sum(value => value * value), 1e-5f);
    }

    [Fact]
    public void AThresholdAnswersNoneOfThese()
    {
        JsonElement line = JsonDocument
            .Parse(
                Assert.Single(
                    Tool.Start(
                        "classify",
                        Photo,
                        "--labels",
                        "a,b,c",
                        "--threshold",
                        "1",
                        "--model",
                        Model,
                        "--format",
                        "json"
                    ).Lines
                )
            )
            .RootElement;

        Assert.Equal("none of these", line.GetProperty("answer").GetString());
    }

    [Fact]
    public void TemplatesAndPromptsTogetherAreOnePool()
    {
        string prompts = TestFolder.NewFile("file");
        File.WriteAllText(
            prompts,
            """{"a rocket":["A rocket flies."],"a cat":["A cat sits.","Cats purr."],"a dog":["Dogs bark."]}"""
        );

        Tool.Run run = Tool.Start(
            "classify",
            Photo,
            "--labels",
            "a rocket,a cat",
            "--prompts",
            prompts,
            "--templates",
            "imagenet-7",
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("a dog", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("classify")]
    [InlineData("embed")]
    [InlineData("embed images")]
    [InlineData("embed texts")]
    [InlineData("inspect")]
    [InlineData("inspect tokens")]
    [InlineData("inspect pixels")]
    [InlineData("inspect model")]
    [InlineData("models")]
    [InlineData("models list")]
    [InlineData("models download")]
    [InlineData("models export")]
    [InlineData("prompts")]
    [InlineData("prompts influence")]
    public void HelpTeachesByExamples(string verb)
    {
        Tool.Run run = Tool.Start([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches($@"\nExamples:\r?\n(  .*cupola {verb}.*\r?\n)+$", run.Output);
    }

    [Fact]
    public void ATextMayBeginWithAnAt()
    {
        Tool.Run run = Tool.Start("inspect", "tokens", "@dog", "--model", Model, "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("@dog", JsonDocument.Parse(run.Lines[0]).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public void AFolderWithoutImagesFailsAlone()
    {
        Tool.Run run = Tool.Start("inspect", "pixels", TestFolder.New(), Photo, "--size", "64");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is a folder, not an image.", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Lines);
    }
}
