using System.Globalization;
using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary><c>prompts influence --dataset</c>: what becomes of the answers without each prompt.</summary>
public sealed class DatasetInfluenceTests
{
    private const string Labels = "ant,crab,crayfish,lobster,octopus,scorpion,tick";

    private static string Model => SharedFolder.Need("models", "photo-tiny");

    private static string Dataset => SharedFolder.Need("data", "photo-tiny-test", "caltech80");

    /// <summary>Seven classes with two or three sentences each; the lobster's second is about something else.</summary>
    private static Dictionary<string, string[]> Sentences =>
        new()
        {
            ["ant"] = ["An ant has six legs.", "A small black ant."],
            ["crab"] = ["A crab has claws.", "A crab on the beach.", "The crab is red."],
            ["crayfish"] = ["A crayfish lives in rivers.", "A brown crayfish."],
            ["lobster"] = ["A red lobster with large claws.", "An airplane in the sky.", "A lobster on a plate."],
            ["octopus"] = ["An octopus has eight arms.", "An octopus in the sea."],
            ["scorpion"] = ["A scorpion has a sting.", "A scorpion in the desert."],
            ["tick"] = ["A tick."],
        };

    [Fact]
    public void TheEffectOfAPromptIsWhatEvaluateSaysWithoutIt()
    {
        Tool.Run run = Influence(Write(Sentences), "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 label has one prompt only", run.Error, StringComparison.Ordinal);
        JsonElement[] effects = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            Sentences
                .Where(static label => label.Value.Length > 1)
                .SelectMany(static label => label.Value.Select(text => (label.Key, text))),
            effects.Select(static effect => (Text(effect, "label"), Text(effect, "prompt")))
        );
        Assert.All(effects, static effect => Assert.Equal(70, effect.GetProperty("pictures").GetInt32()));
        int all = Right(Sentences);
        foreach ((string label, int index) in new[] { ("lobster", 1), ("crab", 0), ("ant", 1) })
        {
            Dictionary<string, string[]> fewer = Sentences;
            fewer[label] = [.. fewer[label].Where((_, place) => place != index)];
            Assert.Equal(
                all - Right(fewer),
                effects.Single(effect => Text(effect, "prompt") == Sentences[label][index]).GetProperty("right").GetInt32()
            );
        }

        Assert.Contains(effects, static effect => effect.GetProperty("right").GetInt32() != 0);
    }

    [Fact]
    public void APersonReadsWhichPromptsDoHarmAndAProgramReadsAll()
    {
        string prompts = Write(Sentences);

        Tool.Run table = Influence(prompts),
            csv = Influence(prompts, "--format", "csv"),
            weighed = Influence(prompts, "--weights", "zpe", "--format", "csv");

        Assert.Equal((0, 0, 0), (table.ExitCode, csv.ExitCode, weighed.ExitCode));
        Assert.Contains("14 prompts, each left out once, on 70 images", table.Output, StringComparison.Ordinal);
        Assert.Contains("The most harmful", table.Output, StringComparison.Ordinal);
        Assert.Contains("The most helpful", table.Output, StringComparison.Ordinal);
        Assert.Equal("label,prompt,right,logLikelihood,pictures", csv.Lines[0]);
        Assert.Equal(15, csv.Lines.Length);
        Assert.NotEqual(csv.Output, weighed.Output);
        double[] likelihoods =
        [
            .. csv.Lines.Skip(1).Select(static line => double.Parse(line.Split(',')[^2], CultureInfo.InvariantCulture)),
        ];
        Assert.Contains(likelihoods, static effect => effect < 0);
        Assert.Contains(likelihoods, static effect => effect > 0);
    }

    [Theory]
    [InlineData(2, "Name images or a --dataset, not both.", "x.jpg", "--dataset", "y")]
    [InlineData(2, "There are no images", "--labels", "a,b")]
    [InlineData(2, "omit --top and --orient", "--dataset", "y", "--top", "2")]
    [InlineData(3, "There is no dataset no such folder", "--dataset", "no such folder")]
    [InlineData(2, "omit one of them", "x.jpg", "--labels", "a,b", "--weights", "zpe", "--ensemble", "score-max")]
    [InlineData(2, "There are no weights 'odd'", "x.jpg", "--labels", "a,b", "--weights", "odd")]
    public void WhatCannotBeMeasuredIsRefusedBeforeAnyModelIsRead(int code, string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["prompts", "influence", .. options, "--model", "no such model"]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void OnlyPromptsCannotBeLeftOut()
    {
        Tool.Run run = Tool.Start("prompts", "influence", "--dataset", Dataset, "--labels", Labels, "--model", "no such model");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Every label has one prompt only", run.Error, StringComparison.Ordinal);
    }

    private static string Write(Dictionary<string, string[]> sentences)
    {
        string file = TestFolder.NewFile("prompts.json");
        File.WriteAllText(file, JsonSerializer.Serialize(sentences));
        return file;
    }

    private static Tool.Run Influence(string prompts, params string[] more) =>
        Tool.Start([
            "prompts",
            "influence",
            "--dataset",
            Dataset,
            "--labels",
            Labels,
            "--prompts",
            prompts,
            "--model",
            Model,
            .. more,
        ]);

    private static int Right(Dictionary<string, string[]> sentences) =>
        JsonDocument
            .Parse(
                Assert.Single(
                    Tool.Start(
                        "evaluate",
                        Dataset,
                        "--labels",
                        Labels,
                        "--prompts",
                        Write(sentences),
                        "--model",
                        Model,
                        "--format",
                        "json"
                    ).Lines
                )
            )
            .RootElement.GetProperty("right")
            .GetInt32();

    private static string Text(JsonElement effect, string name) => effect.GetProperty(name).GetString()!;
}
