using System.Text.Json;
using Cupola.Evaluation;
using Cupola.Tests.Cli;
using FlagWorld.Output;
using FlagWorld.Real;

namespace Cupola.Tests.Flags;

/// <summary>The article in small: the flags model has never seen a real flag nor read the name of a country.</summary>
public sealed class BuiltInModelTests(BuiltInModelTests.RealFlags flags) : IClassFixture<BuiltInModelTests.RealFlags>
{
    private static readonly PromptTemplate Name = new("the flag of {}");

    private static string Prompts => Path.Combine(SharedFolder.Root, "samples", "FlagWorld", "real-prompts.json");

    [Fact]
    public void ItIsFoundByNameFromTheLibraryAndFromTheToolWhereNoneIsNamed()
    {
        Assert.Equal([BuiltInModels.Flags], BuiltInModels.Names);
        using ClipEmbedder embedder = ClipEmbedder.Load(BuiltInModels.Flags);
        JsonElement inspected = JsonDocument.Parse(Tool.Start("inspect", "model", "--format", "json").Output).RootElement;

        Assert.Equal(embedder.ParameterCount, inspected.GetProperty("parameters").GetInt64());
        Assert.Contains(Tool.Start("models", "list").Lines, static line => line.StartsWith("flags ", StringComparison.Ordinal));
    }

    [Fact]
    public void AProgramWithoutTheModelsPackageIsToldItsName()
    {
        string program = TestFolder.New();

        FileNotFoundException missing = Assert.Throws<FileNotFoundException>(() =>
            BuiltInModels.Resolve(BuiltInModels.Flags, program)
        );
        Assert.Contains("dotnet add package Cupola.Models.Flags", missing.Message, StringComparison.Ordinal);
        Assert.Equal("owner/flags", BuiltInModels.Resolve("owner/flags", program));
    }

    [Fact]
    public void ItTakesLessThanTwelveMegabytesOnDisk() =>
        Assert.InRange(
            new DirectoryInfo(BuiltInModels.Resolve(BuiltInModels.Flags)).EnumerateFiles().Sum(static file => file.Length),
            1_000_000,
            12_000_000
        );

    [Fact]
    public void ByNameAloneItGuesses()
    {
        Interval chance = Judge(PromptSet.FromTemplates(flags.Labels, [Name])).Top1.Interval;

        // Of 107 names one in 107 is right by chance; a bias towards some names moves that a little.
        Assert.InRange(chance.Low, 0, 0.03);
    }

    [Fact]
    public void ByDescriptionsItRecognizesFlagsThatItHasNeverSeenAndByTheWrongOnesItDoesNot()
    {
        PromptSet described = PromptSet.Read(Prompts).Select(flags.Labels).Prompts;
        Accuracy several = Judge(described).Top1,
            one = Judge(FirstOfEach(described)).Top1,
            shuffled = Judge(ShuffledControl.Create(described, seed: 0).Prompts).Top1;

        Assert.InRange(several.Share, 0.8, 1);
        Assert.InRange(one.Share, 0.6, several.Share);
        Assert.InRange(shuffled.Share, 0, 0.05);
    }

    [Fact]
    public void TheReadmesFirstCommandShowsBothAnswers()
    {
        string[] lines = Tool.Start(
            "classify",
            Path.Combine(SharedFolder.Root, "docs", "pictures", "flag-of-japan.png"),
            "--prompts",
            Prompts,
            "--by-name",
            "the flag of {}",
            "--top",
            "3"
        ).Lines;

        string[] shown = [.. ReadmeTests.Block("first answer").Split('\n').Skip(1)];
        Assert.Equal(shown, lines[1..]);
        Assert.DoesNotContain("Japan", lines[2], StringComparison.Ordinal);
        Assert.Contains("Japan", lines[6], StringComparison.Ordinal);
    }

    private EvaluationResult Judge(PromptSet prompts) =>
        EvaluationResult.Evaluate(
            new NamedPromptSet("prompts", prompts),
            ZeroShotClassifier.Create(flags.Embedder, prompts),
            flags.Images,
            flags.Truths
        );

    private static PromptSet FirstOfEach(PromptSet prompts) =>
        new(prompts.ClassNames.Select(name => KeyValuePair.Create(name, prompts[name].Take(1))));

    /// <summary>
    /// Four views of each real flag and sign, embedded: the first flat, the others waved, turned and lit by chance.
    /// </summary>
    public sealed class RealFlags : IDisposable
    {
        private const int Views = 4;

        public RealFlags()
        {
            string folder = TestFolder.New();
            RealFolders.Write(folder, Views, seed: 77, size: 96, CancellationToken.None);
            Labels = [.. RealDesigns.All.Select(static real => real.Name)];
            Embedder = ClipEmbedder.Load(BuiltInModels.Flags);
            float[][] embeddings =
            [
                .. Embedder
                    .EmbedImages(
                        Labels.SelectMany(label =>
                            Directory.EnumerateFiles(Path.Combine(folder, label)).Order(StringComparer.Ordinal)
                        )
                    )
                    .Select(static image => image.Vector!),
            ];
            Images = new(
                [.. embeddings.SelectMany(static embedding => embedding)],
                embeddings.Length,
                Embedder.Config.EmbeddingDimension
            );
            Truths = [.. Enumerable.Range(0, embeddings.Length).Select(static image => image / Views)];
        }

        internal ClipEmbedder Embedder { get; }

        internal IReadOnlyList<string> Labels { get; }

        internal EmbeddingMatrix Images { get; }

        internal IReadOnlyList<int> Truths { get; }

        public void Dispose() => Embedder.Dispose();
    }
}
