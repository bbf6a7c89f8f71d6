using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Cupola.Tests;

/// <summary>The README's samples are compiled here, run here, and compared with what stands there.</summary>
public sealed partial class ReadmeTests
{
    private static string Readme => File.ReadAllText(Path.Combine(SharedFolder.Root, "README.md"));

    [Fact]
    public async Task TheClassifySamplePrintsWhatTheReadmeSays()
    {
        string model = SharedFolder.Need("models", "photo-tiny"),
            photo = SharedFolder.Need("data", "photo-tiny-test", "caltech80", "accordion", "image_0008.jpg");
        string printed = await Printed(async () =>
        {
            #region classify
            using ClipEmbedder clip = await ClipEmbedder.LoadAsync(model);
            ZeroShotClassifier classifier = clip.CreateClassifier(["accordion", "anchor", "ant"]);
            await foreach (ClassifiedImage answer in classifier.ClassifyAsync([photo]))
            {
                Console.WriteLine($"{answer.Best!.Label}: {answer.Best.Probability:0.00}");
            }
            #endregion
        });

        Assert.Contains($"It prints `{printed}`", Readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheGeneratorSampleEmbedsText()
    {
        using ClipEmbedder clip = ClipEmbedder.Load(SharedFolder.Need("models", "photo-tiny"));
        #region generator
        IEmbeddingGenerator<string, Embedding<float>> generator = clip;
        Embedding<float> dog = await generator.GenerateAsync("a photo of a dog");
        Console.WriteLine(dog.Dimensions);
        #endregion

        Assert.Equal(
            1,
            System.Numerics.Tensors.TensorPrimitives.Dot(clip.EmbedTexts(["a photo of a dog"])[0], dog.Vector.Span),
            1e-5f
        );
    }

    [Theory]
    [InlineData("classify")]
    [InlineData("generator")]
    public void EverySampleOfTheReadmeIsCompiledHere(string name)
    {
        string source = File.ReadAllText(Path.Combine(SharedFolder.Root, "tests", "Cupola.Tests", "ReadmeTests.cs"));
        string region = Regex
            .Match(source, $@"#region {name}\n(?<code>.*?)\n\s*#endregion", RegexOptions.Singleline)
            .Groups["code"]
            .Value;
        string fence = Regex
            .Match(Readme, $@"<!-- sample: {name} -->\n```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)
            .Groups["code"]
            .Value;

        Assert.NotEmpty(fence);
        Assert.Equal(fence, Unindented(region));
    }

    [Fact]
    public void EverySampleOfTheReadmeHasARegion() => Assert.Equal(2, SampleName().Count(Readme));

    /// <summary>The fence of the README behind a mark, as in <c>first answer</c>.</summary>
    internal static string Block(string mark) =>
        Regex.Match(Readme, $@"<!-- {mark} -->\n```\n(?<text>.*?)\n```", RegexOptions.Singleline).Groups["text"].Value
            is { Length: > 0 } text
            ? text
            : throw new InvalidDataException($"README.md has no block '{mark}'.");

    private static string Unindented(string code)
    {
        string[] lines = code.Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
    }

    private static async Task<string> Printed(Func<Task> run)
    {
        TextWriter before = Console.Out;
        using StringWriter written = new();
        Console.SetOut(written);
        try
        {
            await run();
        }
        finally
        {
            Console.SetOut(before);
        }

        return written.ToString().Trim();
    }

    [GeneratedRegex("<!-- sample: ")]
    private static partial Regex SampleName();
}
