using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>What <c>classify</c> does beyond one answer an image: pages, many labels, saved classifiers.</summary>
public sealed class ClassifyTests
{
    private static string Model => SharedFolder.AnyModel;

    private static string OtherModel => SharedFolder.Need("parity", "vit", "transformers");

    private static string Photo => SharedFolder.AnyImage;

    [Fact]
    public void APageShowsTheImageItsAnswerAndTheSentencesForAndAgainst()
    {
        string page = TestFolder.NewFile("why.html"),
            prompts = TestFolder.NewFile("prompts.json");
        File.WriteAllText(
            prompts,
            """{"a rocket":["A rocket <flies>.","A rocket is tall."],"a cat":["A cat <sits>.","Cats purr."]}"""
        );

        Tool.Run run = Tool.Start(
            "classify",
            Photo,
            "no such.jpg",
            "--prompts",
            prompts,
            "--explain",
            page,
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(1, run.ExitCode);
        string best = JsonDocument
            .Parse(run.Lines[0])
            .RootElement.GetProperty("predictions")[0]
            .GetProperty("label")
            .GetString()!;
        string html = File.ReadAllText(page);
        Assert.Contains("data:image/jpeg;base64,", html, StringComparison.Ordinal);
        Assert.Contains($"For “{best}”", html, StringComparison.Ordinal);
        Assert.Contains($"Against “{best}”", html, StringComparison.Ordinal);
        Assert.Contains(best == "a rocket" ? "A rocket &lt;flies&gt;." : "A cat &lt;sits&gt;.", html, StringComparison.Ordinal);
        Assert.Contains(best == "a rocket" ? "A rocket is tall." : "Cats purr.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ASavedClassifierAnswersAsTheOneItWasSavedFrom()
    {
        string file = TestFolder.NewFile("rockets.safetensors");
        string[] named = ["--labels", "rocket,cat,dog", "--templates", "imagenet-7"];

        Tool.Run first = Tool.Start([
            "classify",
            Photo,
            .. named,
            "--save-classifier",
            file,
            "--model",
            Model,
            "--format",
            "json",
        ]);
        Tool.Run second = Tool.Start("classify", Photo, "--classifier", file, "--model", Model, "--format", "json");

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(0, second.ExitCode);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal(
            first.Output,
            Tool.Start(["classify", Photo, .. named, "--classifier", file, "--model", Model, "--format", "json"]).Output
        );
    }

    [Fact]
    public void ASavedClassifierIsRefusedWithOtherPromptsAndWithAnotherModel()
    {
        string file = TestFolder.NewFile("pets.safetensors");
        Assert.Equal(
            0,
            Tool.Start("classify", Photo, "--labels", "cat,dog", "--save-classifier", file, "--model", Model).ExitCode
        );

        Tool.Run otherPrompts = Tool.Start(
            "classify",
            Photo,
            "--labels",
            "cat,dog",
            "--template",
            "a drawing of a {}.",
            "--classifier",
            file,
            "--model",
            Model
        );
        Tool.Run otherModel = Tool.Start("classify", Photo, "--classifier", file, "--model", OtherModel);

        Assert.Equal((3, 3), (otherPrompts.ExitCode, otherModel.ExitCode));
        Assert.Contains("was made from other prompts than these", otherPrompts.Error, StringComparison.Ordinal);
        Assert.Contains("model", otherModel.Error, StringComparison.Ordinal);
        Assert.Empty(otherPrompts.Lines);
        Assert.Empty(otherModel.Lines);
    }

    [Fact]
    public void WithManyLabelsEachIsJudgedForItselfAlone()
    {
        Dictionary<string, float> two = Probabilities("rocket,cat"),
            three = Probabilities("dog,rocket,cat");

        Assert.All(two, label => Assert.Equal(label.Value, three[label.Key], 1e-5f));
        Assert.All(three.Values, static probability => Assert.InRange(probability, 0, 1));

        static Dictionary<string, float> Probabilities(string labels)
        {
            Tool.Run run = Tool.Start(
                "classify",
                Photo,
                "--labels",
                labels,
                "--multi-label",
                "--model",
                Model,
                "--format",
                "json"
            );
            JsonElement line = JsonDocument.Parse(Assert.Single(run.Lines)).RootElement;
            var all = line.GetProperty("predictions")
                .EnumerateArray()
                .ToDictionary(
                    static label => label.GetProperty("label").GetString()!,
                    static label => label.GetProperty("probability").GetSingle()
                );
            Assert.Equal(
                all.Where(static label => label.Value >= 0.5f).Select(static label => label.Key).Order(StringComparer.Ordinal),
                line.GetProperty("answers")
                    .EnumerateArray()
                    .Select(static label => label.GetString()!)
                    .Order(StringComparer.Ordinal)
            );
            return all;
        }
    }

    [Fact]
    public void ByNameAddsTheAnswersOfATemplateAndLeavesThoseOfThePromptsAsTheyAre()
    {
        string photo = SharedFolder.AnyImage,
            model = SharedFolder.AnyModel,
            prompts = SharedFolder.Need("data", "cupl", "cal_prompts_full.json");
        string[] both = ["classify", photo, "--prompts", prompts, "--by-name", "a sketch of a {}.", "--model", model];
        JsonElement answered = JsonDocument.Parse(Tool.Start([.. both, "--format", "json"]).Output).RootElement;
        JsonElement byPrompts = JsonDocument
            .Parse(Tool.Start("classify", photo, "--prompts", prompts, "--model", model, "--format", "json").Output)
            .RootElement;
        string labels = TestFolder.NewFile("labels.txt");
        File.WriteAllLines(labels, PromptSet.Read(prompts).ClassNames);
        JsonElement byTemplate = JsonDocument
            .Parse(
                Tool.Start(
                    "classify",
                    photo,
                    "--labels-file",
                    labels,
                    "--template",
                    "a sketch of a {}.",
                    "--model",
                    model,
                    "--format",
                    "json"
                ).Output
            )
            .RootElement;

        Assert.Equal(byPrompts.GetProperty("predictions").GetRawText(), answered.GetProperty("predictions").GetRawText());
        Assert.Equal(byTemplate.GetProperty("predictions").GetRawText(), answered.GetProperty("byName").GetRawText());
        Assert.NotEqual(answered.GetProperty("predictions").GetRawText(), answered.GetProperty("byName").GetRawText());

        string[] table = Tool.Start(both).Lines;
        Assert.Equal("  by name alone", table[1]);
        Assert.Equal("  by what is said of each", table[7]);
        Assert.Equal(13, table.Length);
    }

    [Fact]
    public void NegationsOfTheirOwnReplaceTheBuiltInOnes()
    {
        string[] named = ["classify", Photo, "--labels", "rocket", "--multi-label", "--model", Model, "--format", "json"];
        string negations = TestFolder.NewFile("negations.json");
        File.WriteAllText(negations, """{"rocket":["a photo with no rocket."]}""");

        string builtIn = Tool.Start(named).Output,
            byTemplate = Tool.Start([.. named, "--negation", "a photo with no {}."]).Output,
            byFile = Tool.Start([.. named, "--negations", negations]).Output;

        Assert.NotEqual(builtIn, byTemplate);
        Assert.Equal(byTemplate, byFile);
    }

    [Theory]
    [InlineData("omit --save-classifier", "--classifier", "a.safetensors", "--save-classifier", "b.safetensors")]
    [InlineData("a saved classifier holds no prompts", "--classifier", "a.safetensors", "--explain", "why.html")]
    [InlineData("A saved classifier chooses one label", "--labels", "a,b", "--multi-label", "--classifier", "a.safetensors")]
    [InlineData("omit --multi-label", "--labels", "a,b", "--multi-label", "--explain", "why.html")]
    [InlineData("Negations are weighed with --multi-label only", "--labels", "a,b", "--negation", "no {}.")]
    [InlineData("name a .safetensors file", "--labels", "a,b", "--save-classifier", "b.json")]
    [InlineData("at least two labels", "--labels", "a", "--explain", "why.html")]
    public void OptionsThatContradictEachOtherAreRefusedBeforeAnyModelIsRead(string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["classify", "photo.jpg", .. options, "--model", TestFolder.New()]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }
}
