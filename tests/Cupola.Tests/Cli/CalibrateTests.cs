using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cupola.Tests.Cli;

/// <summary>Probabilities that can be believed: <c>classify --calibrate</c>.</summary>
public sealed class CalibrateTests
{
    private static string Model => SharedFolder.Need("models", "photo-tiny");

    private static string Labeled => SharedFolder.Need("data", "photo-tiny-test", "caltech80");

    private static string Photo =>
        Path.Combine(
            Labeled,
            "ant",
            Directory.EnumerateFiles(Path.Combine(Labeled, "ant")).Order(StringComparer.Ordinal).First()
        );

    [Fact]
    public void TheTemperatureIsFittedSaidAndKeptWithTheClassVectors()
    {
        string file = TestFolder.NewFile("animals.safetensors"),
            labels = "ant,beaver,crab,crayfish,dolphin,flamingo,lobster,octopus";
        string[] raw = ["classify", Photo, "--labels", labels, "--top", "8", "--model", Model, "--format", "json"];

        Tool.Run plain = Tool.Start(raw),
            fitted = Tool.Start([.. raw, "--calibrate", Labeled, "--save-classifier", file]);

        Assert.Equal((0, 0), (plain.ExitCode, fitted.ExitCode));
        Match said = Regex.Match(
            fitted.Error,
            @"The temperature is (?<t>[0-9.]+), fitted on 80 images of .*; the calibration error there goes from "
                + @"(?<before>[0-9.]+) % to (?<after>[0-9.]+) %\."
        );
        Assert.True(said.Success, fitted.Error);
        Assert.True(Number(said, "after") < Number(said, "before"), said.Value);
        (string Label, double LogProbability)[] before = Predictions(plain),
            after = Predictions(fitted);
        Assert.Equal(before.Select(static each => each.Label), after.Select(static each => each.Label));
        Assert.NotEqual(1, Number(said, "t"), 0.01);
        // Logits are divided by the temperature, so differences of log probabilities are too.
        Assert.All(before.Zip(after).Skip(1), pair =>
            Assert.Equal(
                (before[0].LogProbability - pair.First.LogProbability) / Number(said, "t"),
                after[0].LogProbability - pair.Second.LogProbability,
                0.01
            )
        );

        Tool.Run loaded = Tool.Start("classify", Photo, "--classifier", file, "--top", "8", "--model", Model, "--format", "json");
        Assert.Equal(fitted.Output, loaded.Output);
        double best = Math.Exp(after[0].LogProbability);
        Assert.Equal("none of these", Answer(best + 0.01));
        Assert.Equal(after[0].Label, Answer(best - 0.01));

        string Answer(double threshold) =>
            JsonDocument
                .Parse(
                    Assert.Single(
                        Tool.Start(
                            "classify",
                            Photo,
                            "--classifier",
                            file,
                            "--threshold",
                            threshold.ToString(CultureInfo.InvariantCulture),
                            "--model",
                            Model,
                            "--format",
                            "json"
                        ).Lines
                    )
                )
                .RootElement.GetProperty("answer")
                .GetString()!;
    }

    [Fact]
    public void ASavedClassifierMayBeCalibratedAndSavedAgain()
    {
        string file = TestFolder.NewFile("a.safetensors"),
            calibrated = TestFolder.NewFile("b.safetensors");
        string[] tail = ["--model", Model, "--format", "json"];
        Assert.Equal(
            0,
            Tool.Start(["classify", Photo, "--labels", "ant,crab,lobster", "--save-classifier", file, .. tail]).ExitCode
        );

        Tool.Run fitted = Tool.Start([
            "classify",
            Photo,
            "--classifier",
            file,
            "--calibrate",
            Labeled,
            "--save-classifier",
            calibrated,
            .. tail,
        ]);

        Assert.Equal(0, fitted.ExitCode);
        Assert.Contains("fitted on 30 images", fitted.Error, StringComparison.Ordinal);
        Assert.Equal(fitted.Output, Tool.Start(["classify", Photo, "--classifier", calibrated, .. tail]).Output);
        Assert.NotEqual(fitted.Output, Tool.Start(["classify", Photo, "--classifier", file, .. tail]).Output);
    }

    [Fact]
    public void ImagesThatCannotBeReadAreNamedAndMakeTheExitCodeOne()
    {
        string labeled = Copy("ant", "crab", "lobster");
        File.WriteAllText(Path.Combine(labeled, "ant", "broken.jpg"), "no image");

        Tool.Run run = Tool.Start(
            "classify",
            Photo,
            "--labels",
            "ant,crab,lobster",
            "--calibrate",
            labeled,
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("broken.jpg", run.Error, StringComparison.Ordinal);
        Assert.Contains("fitted on 30 images", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Lines);
    }

    [Fact]
    public void WhereEveryAnswerIsRightOrAGuessNothingCanBeFitted()
    {
        string right = LabeledAs("motorbike"),
            wrong = LabeledAs("sunflower"),
            file = TestFolder.NewFile("a.safetensors");

        Tool.Run run = Calibrate(right),
            guesses = Calibrate(wrong);

        Assert.Equal((3, 3), (run.ExitCode, guesses.ExitCode));
        Assert.Contains("answers there are as good as guesses", guesses.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"No temperature can be fitted on {right}: every answer there is right",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(file));
        Assert.Empty(run.Output);

        Tool.Run Calibrate(string labeled) =>
            Tool.Start(
                "classify",
                Photo,
                "--labels",
                "motorbike,sunflower",
                "--calibrate",
                labeled,
                "--save-classifier",
                file,
                "--model",
                Model
            );

        static string LabeledAs(string label)
        {
            string folder = TestFolder.New();
            Directory.CreateDirectory(Path.Combine(folder, label));
            File.Copy(
                Directory.EnumerateFiles(Path.Combine(Labeled, "motorbike")).Order(StringComparer.Ordinal).First(),
                Path.Combine(folder, label, "1.jpg")
            );
            return folder;
        }
    }

    [Theory]
    [InlineData(2, "omit one of them", "--labels", "a,b", "--multi-label", "--calibrate", "x")]
    [InlineData(3, "There is no dataset no such folder", "--labels", "a,b", "--calibrate", "no such folder")]
    public void WhatCannotBeCalibratedIsRefusedBeforeAnyModelIsRead(int code, string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["classify", "photo.jpg", .. options, "--model", "no such model"]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    private static double Number(Match match, string name) =>
        double.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    private static (string Label, double LogProbability)[] Predictions(Tool.Run run) =>
        [
            .. JsonDocument
                .Parse(Assert.Single(run.Lines))
                .RootElement.GetProperty("predictions")
                .EnumerateArray()
                .Select(static each =>
                    (each.GetProperty("label").GetString()!, Math.Log(each.GetProperty("probability").GetDouble()))
                ),
        ];

    private static string Copy(params string[] labels)
    {
        string folder = TestFolder.New();
        foreach (string label in labels)
        {
            Directory.CreateDirectory(Path.Combine(folder, label));
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Labeled, label)))
            {
                File.Copy(file, Path.Combine(folder, label, Path.GetFileName(file)));
            }
        }

        return folder;
    }
}
