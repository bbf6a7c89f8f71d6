using System.Globalization;
using Cupola.Evaluation;
using Cupola.Text;
using Cupola.Training.Data;
using Cupola.Training.Run;

namespace Cupola.Tests;

/// <summary>The library in a program of another language: what it writes and says is the same.</summary>
public sealed class CultureTests
{
    private static readonly ImageSource Image = new("image", static _ =>
        File.ReadAllBytes(Path.Combine(Golden("pictures"), "photo.png"))
    );

    private static readonly Func<string>[] Sayings =
    [
        static () =>
            Page(static path =>
                TrainingReport.Write(
                    path,
                    "run",
                    31_000,
                    [new(1, 0.25, 4.5, 14.25, 0.0005, 1234.5), new(2, 0.5, -0.25, 15, 0.00045, 1300)],
                    [new(2, 0.5, 1.5, 0.75, 0.5, 0.9, 1000)]
                )
            ),
        static () =>
            Page(static path =>
                EvaluationReport.Write(
                    path,
                    new("some/birds", "a/model", [.. Sets()], ["x.png is broken."]),
                    [.. Enumerable.Repeat(Image, 4)]
                )
            ),
        static () => Message(static () => WeightInterpolation.Write("a", "b", -1.5, "c")),
        static () => Message(static () => new ImageAugmentation(-0.5f, flip: false, 0)),
        static () => Message(static () => new ImageAugmentation(1, flip: false, 1.5f)),
        static () => Message(static () => new TrainingSettings { Epochs = -2.5 }.Checked()),
        static () => Message(static () => new TrainingSettings { Batch = -1 }.Checked()),
        static () => Message(static () => new TrainingSettings { Model = new() { ImageSize = -48 } }.Checked()),
        static () =>
            TrainingSettingsFile
                .ToJson(
                    new()
                    {
                        Optimizer = new() { LearningRate = 0.0005 },
                        Augmentation = new() { ColorJitter = 0.5f },
                    }
                )
                .ToJsonString(),
        static () => string.Join(' ', ClipTokenizer.Load(Golden("trained-tokenizer"), 77).Encode("KIZIL Iİ IRMAK I-95").Ids),
        static () =>
            string.Join(
                ' ',
                PromptSet.FromTemplates(["IGLOO"], PromptTemplates.ImageNet7)["IGLOO"].Select(static prompt => prompt.Text)
            ),
    ];

    [Theory]
    [InlineData("de-DE")]
    [InlineData("fr-FR")]
    [InlineData("tr-TR")]
    [InlineData("sv-SE")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    public void NothingThatIsSaidDependsOnTheProgramsLanguage(string name)
    {
        string[] expected = Under(CultureInfo.InvariantCulture),
            said = Under(CultureInfo.GetCultureInfo(name));

        Assert.All(expected.Zip(said), static pair => Assert.Equal(pair.First, pair.Second));
    }

    private static string[] Under(CultureInfo culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return [.. Sayings.Select(static saying => saying())];
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static IEnumerable<EvaluationResult> Sets()
    {
        PromptSet prompts = PromptSet.FromTemplates(["IBIS", "kiwi"], PromptTemplates.Simple);
        for (int set = 0; set < 3; set++)
        {
            ImageResult[] outcomes =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(image => new ImageResult(
                        image % 2,
                        (image + (image < set ? 1 : 0)) % 2,
                        image < set ? 1 : 0,
                        0.75f,
                        0.25f
                    )),
            ];
            yield return new(new($"set {set}", prompts), ClassEnsemble.EmbeddingMean, outcomes);
        }
    }

    private static string Golden(string folder) => Path.Combine(AppContext.BaseDirectory, "Golden", folder);

    private static string Page(Action<string> write)
    {
        string path = TestFolder.NewFile("page.html");
        write(path);
        return File.ReadAllText(path);
    }

    private static string Message(Action run) => Assert.ThrowsAny<ArgumentException>(run).Message;
}
