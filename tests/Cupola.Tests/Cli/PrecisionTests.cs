using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>The option that says in what numbers models run.</summary>
public sealed class PrecisionTests
{
    private static string Model => SharedFolder.AnyModel;

    private static string Photo => SharedFolder.AnyImage;

    [Fact]
    public void InspectSaysHowFarInt8IsFromFloat32()
    {
        Tool.Run run = Tool.Start(
            "inspect",
            "model",
            Photo,
            "--labels",
            "a rocket,a cat",
            "--precision",
            "int8",
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        JsonElement compared = run.Json.Single().GetProperty("int8");
        Assert.InRange(compared.GetProperty("cosineMean").GetDouble(), 0.998, 1);
        Assert.InRange(compared.GetProperty("cosineMin").GetDouble(), 0.998, 1);
        Assert.Contains(compared.GetProperty("sameTop1").GetDouble(), new[] { 0.0, 1.0 });
        Tool.Run table = Tool.Start("inspect", "model", Photo, "--precision", "int8", "--model", Model);
        Assert.Contains("the cosine with float32's embedding is 0.99", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnImageThatCannotBeReadIsPassedOverAndSaid()
    {
        Tool.Run run = Tool.Start(
            "inspect",
            "model",
            Photo,
            "missing.jpg",
            "--precision",
            "int8",
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("missing.jpg", run.Error, StringComparison.Ordinal);
        Assert.True(run.Json.Single().TryGetProperty("int8", out _));
    }

    [Fact]
    public void EmbeddingsOfBothPrecisionsAreCloseAndNotTheSame()
    {
        float[] exact = Embed("float32"),
            quantized = Embed("INT8");

        Assert.NotEqual(exact, quantized);
        Assert.InRange(System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(exact, quantized), 0.998f, 1.0001f);

        static float[] Embed(string precision)
        {
            Tool.Run run = Tool.Start("embed", "images", Photo, "--precision", precision, "--model", Model, "--format", "json");
            Assert.Equal(0, run.ExitCode);
            return [.. run.Json.Single().GetProperty("embedding").EnumerateArray().Select(static number => number.GetSingle())];
        }
    }

    [Fact]
    public void AClassifierOfTheOtherPrecisionIsAnErrorLikeAnotherModels()
    {
        string classifier = TestFolder.NewFile("two.safetensors");
        Tool.Run saved = Tool.Start("classify", Photo, "--labels", "a,b", "--save-classifier", classifier, "--model", Model);
        Tool.Run same = Tool.Start("classify", Photo, "--classifier", classifier, "--model", Model),
            other = Tool.Start("classify", Photo, "--classifier", classifier, "--model", Model, "--precision", "int8");

        Assert.Equal((0, 0, 3), (saved.ExitCode, same.ExitCode, other.ExitCode));
        Assert.Contains("another precision", other.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int> Refused =>
        new()
        {
            { "train pairs.csv -o run --precision int8", "train learns in float32", 2 },
            { "models export folder --precision int8", "models export writes the model's own float32 parameters", 2 },
            { "embed texts cat --precision int4", "--precision is float32 or int8, and not 'int4'.", 2 },
            { "embed texts cat --precision", "--precision", 2 },
            { "inspect model photo.jpg", "add --precision int8, or omit them", 2 },
            { "inspect model --labels cat", "name images with --precision int8", 2 },
            { "embed texts cat --precision int8 --model RESNET", "its image tower is a residual network", 3 },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatInt8CannotDoIsASentenceAndItsExitCode(string line, string sentence, int code)
    {
        string network = SharedFolder.Own("parity", "resnet", "open_clip");
        Tool.Run run = Tool.Start([.. line.Split(' ').Select(word => word == "RESNET" ? network : word)]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }
}
