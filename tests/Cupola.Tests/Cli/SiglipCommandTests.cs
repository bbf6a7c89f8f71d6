using System.Text.Json;
using Cupola.Tests.Models;

namespace Cupola.Tests.Cli;

/// <summary>The verbs with a SigLIP, and what is said of models that are none that Cupola runs.</summary>
public sealed class SiglipCommandTests
{
    [Theory]
    [InlineData("transformers", "")]
    [InlineData("open_clip", "open_clip.")]
    public void ClassifyGivesTheReferencesIndependentProbabilities(string layout, string prefix)
    {
        using ParityModel parity = ParityModel.Open("siglip/tiny", layout);
        string[] photos = [.. parity.Names("photos").Select(static photo => SharedFolder.Need("data", "photos", photo))];
        // The reference cleaned no text, so labels are those that no rule changes; a label is not a whole prompt but for "{}".
        (string Text, int Index)[] texts =
        [
            .. parity
                .Names("texts")
                .Index()
                .Where(static text => IsClean(text.Item))
                .Select(static text => (text.Item, text.Index)),
        ];
        string labels = TestFolder.NewFile("labels.txt");
        File.WriteAllLines(labels, texts.Select(static text => text.Text));
        float[] expected = parity.Expected($"{prefix}probs");
        int count = expected.Length / photos.Length;

        Tool.Run run = Tool.Start([
            "classify",
            .. photos,
            "--labels-file",
            labels,
            "--template",
            "{}",
            "--top",
            "100",
            "--model",
            SiglipFolder.Create(layout),
            "--format",
            "json",
        ]);

        Assert.Equal(0, run.ExitCode);
        Assert.InRange(texts.Length, 3, 12);
        Assert.Contains("is a SigLIP", run.Error, StringComparison.Ordinal);
        for (int photo = 0; photo < photos.Length; photo++)
        {
            using JsonDocument line = JsonDocument.Parse(run.Lines[photo]);
            Dictionary<string, float> found = line
                .RootElement.GetProperty("predictions")
                .EnumerateArray()
                .ToDictionary(
                    static prediction => prediction.GetProperty("label").GetString()!,
                    static prediction => prediction.GetProperty("probability").GetSingle(),
                    StringComparer.Ordinal
                );
            Assert.All(texts, text => Assert.Equal(expected[(photo * count) + text.Index], found[text.Text], 2e-6f));
        }
    }

    [Fact]
    public void SeveralLabelsNeedNoNegationsAndAThresholdIsOnEach()
    {
        string model = SiglipFolder.Create();
        Tool.Run alone = Classify(model, "--multi-label", "--threshold", "0.009"),
            negated = Classify(model, "--multi-label", "--threshold", "0.009", "--negation", "no {} at all"),
            one = Classify(model);

        Assert.Equal((0, 0), (alone.ExitCode, one.ExitCode));
        Assert.Equal(alone.Lines, negated.Lines);
        Assert.Contains("needs no negations", negated.Error, StringComparison.Ordinal);
        JsonElement[] several = Predictions(alone),
            single = Predictions(one);
        Assert.Equal(
            single.Select(static prediction => prediction.GetProperty("probability").GetSingle()),
            several.Select(static prediction => prediction.GetProperty("probability").GetSingle())
        );
    }

    [Theory]
    [InlineData(null, "sigLip")]
    [InlineData("infoNce", "infoNce")]
    public void FineTuningHasSiglipsLossUnlessAnotherIsNamed(string? named, string expected)
    {
        string run = TestFolder.NewFile("run"),
            table = TestFolder.NewFile("pairs.csv"),
            settings = TestFolder.NewFile("settings.json");
        File.WriteAllLines(
            table,
            ["image,caption", .. new[] { "a cat", "a dog", "a red car" }.Select(static text => $"{SharedFolder.AnyImage},{text}")]
        );
        File.WriteAllText(settings, named is null ? "{}" : $$"""{"loss":"{{named}}"}""");
        string[] command = ["train", table, "-o", run, "--batch", "2", "--format", "json"];

        Tool.Run begun = Tool.Start([
            .. command,
            "--init",
            SiglipFolder.Create(),
            "--config",
            settings,
            "--steps",
            "1",
            "--validation",
            table,
        ]);
        Tool.Run again = Tool.Start(command);

        Assert.True(begun.ExitCode == 0, begun.Error);
        Assert.Equal((0, ""), (again.ExitCode, again.Output));
        using JsonDocument description = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json")));
        Assert.Equal(expected, description.RootElement.GetProperty("settings").GetProperty("loss").GetString());
    }

    [Fact]
    public void ASavedClassifierKeepsTheMeaningOfItsModelsScores()
    {
        string model = SiglipFolder.Create(),
            saved = TestFolder.NewFile("classifier.safetensors");
        Tool.Run first = Classify(model, "--save-classifier", saved);
        Tool.Run second = Tool.Start(
            "classify",
            SharedFolder.AnyImage,
            "--classifier",
            saved,
            "--model",
            model,
            "--format",
            "json"
        );

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(first.Lines, second.Lines);
    }

    [Theory]
    [InlineData("transformers", "unigram", "4 10 3 7 3 1586 38 1", "punctuation deleted (transformers)")]
    [InlineData("open_clip", "unigram", "4 10 3 7 4 538 1", "_ as a space (open_clip: canonicalize)")]
    [InlineData("transformers", "gemma-like", "1832 282 276 267 104 1316 1866 1", "punctuation kept")]
    public void InspectTokensSaysWhichRuleCleanedTheText(string layout, string tokenizer, string ids, string rule)
    {
        Tool.Run run = Tool.Start("inspect", "tokens", "A photo of a_cat!", "--model", SiglipFolder.Create(layout, tokenizer));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(ids, run.Lines[1].Trim());
        Assert.Contains(rule, run.Lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no vision part", "it has no vision_config")]
    [InlineData("NaFlex", "a NaFlex model, which takes images of any shape")]
    [InlineData("a CLIP's configuration", "is 'clip', and the weights beside it are a SigLIP's")]
    [InlineData("a CLIP's tokenizer", "is not SigLIP's tokenizer")]
    [InlineData("no tokenizer", "There is no SigLIP tokenizer in")]
    [InlineData("a damaged tokenizer", "it is not a SentencePiece tokenizer")]
    [InlineData("a pool by the mean", "Cupola runs SigLIP's of fixed size")]
    [InlineData("NaFlex of timm", "Cupola runs SigLIP's of fixed size")]
    [InlineData("a text tower of Hugging Face's", "'xlm-roberta-base': the text tower is that model of Hugging Face's")]
    [InlineData("another image tower of timm's", "the image tower is that network of timm's")]
    public void AModelOfAnotherKindIsASentenceAndExitCodeThree(string kind, string sentence)
    {
        string folder = SiglipFolder.Create(
            kind.Contains("timm", StringComparison.Ordinal) || kind is "a pool by the mean" or "a text tower of Hugging Face's"
                ? "open_clip"
                : "transformers"
        );
        Change(folder, kind);

        Tool.Run run = Classify(folder);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The same with the weights of a CLIP, whose image tower another configuration describes.</summary>
    [Theory]
    [InlineData("\"vision_cfg\": {", "\"vision_cfg\": {\"timm_model_name\": \"convnext_base\", ", "is 'convnext_base'")]
    [InlineData("\"text_cfg\": {", "\"text_cfg\": {\"hf_model_name\": \"xlm-roberta-base\", ", "is 'xlm-roberta-base'")]
    public void ACLIPWithATowerOfAnotherLibraryIsSaidToHaveOne(string old, string by, string sentence)
    {
        string folder = TestFolder.New(),
            source = SharedFolder.Own("parity", "vit", "open_clip");
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string config = Path.Combine(folder, "open_clip_config.json"),
            json = File.ReadAllText(config);
        Assert.Contains(old, json, StringComparison.Ordinal);
        File.WriteAllText(config, json.Replace(old, by, StringComparison.Ordinal));

        Tool.Run run = Classify(folder);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    private static void Change(string folder, string kind)
    {
        void Replace(string file, string old, string by) =>
            File.WriteAllText(
                Path.Combine(folder, file),
                File.ReadAllText(Path.Combine(folder, file)).Replace(old, by, StringComparison.Ordinal)
            );
        const string openClip = "open_clip_config.json",
            timm = "vit_base_patch16_siglip_224";
        switch (kind)
        {
            case "no vision part":
                Replace("config.json", "vision_config", "other_config");
                break;
            case "NaFlex":
                Replace("config.json", "\"siglip\"", "\"siglip2\"");
                break;
            case "a CLIP's configuration":
                Replace("config.json", "\"siglip\"", "\"clip\"");
                break;
            case "a CLIP's tokenizer":
                RemoveTokenizer(folder);
                File.Copy(
                    Path.Combine(BuiltInModels.Resolve(BuiltInModels.Flags), "tokenizer.json"),
                    Path.Combine(folder, "tokenizer.json")
                );
                break;
            case "no tokenizer":
                RemoveTokenizer(folder);
                break;
            case "a damaged tokenizer":
                File.WriteAllBytes(
                    Path.Combine(folder, "spiece.model"),
                    File.ReadAllBytes(Path.Combine(folder, "spiece.model"))[..1000]
                );
                break;
            case "a pool by the mean":
                Replace(openClip, timm, "vit_base_patch16_siglip_gap_224");
                break;
            case "NaFlex of timm":
                Replace(openClip, timm, "naflexvit_base_patch16_siglip");
                break;
            case "a text tower of Hugging Face's":
                Replace(openClip, timm, "none");
                Replace(openClip, "\"timm_model_name\": \"none\",", "");
                Replace(openClip, "\"context_length\"", "\"hf_model_name\": \"xlm-roberta-base\", \"context_length\"");
                break;
            default:
                Replace(openClip, timm, "convnext_base");
                break;
        }
    }

    private static void RemoveTokenizer(string folder)
    {
        foreach (string file in new[] { "spiece.model", "tokenizer.json", "tokenizer_config.json" })
        {
            File.Delete(Path.Combine(folder, file));
        }
    }

    private static Tool.Run Classify(string model, params string[] more) =>
        Tool.Start([
            "classify",
            SharedFolder.AnyImage,
            "--labels",
            "a rocket,a cup of coffee,a dog",
            "--model",
            model,
            "--format",
            "json",
            .. more,
        ]);

    private static JsonElement[] Predictions(Tool.Run run)
    {
        using JsonDocument line = JsonDocument.Parse(run.Lines[0]);
        return [.. line.RootElement.GetProperty("predictions").Clone().EnumerateArray()];
    }

    /// <summary>Whether no rule changes a text that the reference's own tokenizer read.</summary>
    private static bool IsClean(string text) =>
        text.Length > 0
        && text.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == ' ');
}
