using System.Text.RegularExpressions;

namespace Cupola.Tests;

/// <summary>What the house promises of itself (docs/architecture.md).</summary>
public sealed partial class ArchitectureTests
{
    private const int MaximumLines = 400;

    /// <summary>Each room uses only rooms before it.</summary>
    private static readonly string[] Rooms =
    [
        "Files",
        "Graphs",
        "Runtime",
        "Hub",
        "Checkpoints",
        "Text",
        "Images",
        "Data",
        "Models.Layers",
        "Models",
        "Embedding",
        "Prompts",
        "Prompts.Audit",
        "Prompts.Writing",
        "LanguageModels",
        "ZeroShot",
        "Reports",
        "Explanation",
        "Evaluation",
        "Training.Data",
        "Training.Losses",
        "Training.Optimization",
        "Training.Run",
    ];

    private static string Library => Path.Combine(SharedFolder.Root, "src", "Cupola");

    [Fact]
    public void EveryFolderWithCodeIsARoom() =>
        Assert.Equal(
            Rooms.Order(StringComparer.Ordinal),
            Directory
                .EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
                .Select(RoomOf)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void ARoomUsesOnlyRoomsBeforeIt()
    {
        string[] wrong =
        [
            .. from file in Directory.EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
            let room = Array.IndexOf(Rooms, RoomOf(file))
            from Match use in RoomName().Matches(File.ReadAllText(file))
            where Array.IndexOf(Rooms, use.Groups["room"].Value) > room
            select $"{Path.GetRelativePath(Library, file)} uses {use.Value}",
        ];

        Assert.Empty(wrong);
    }

    [Fact]
    public void OnlyTheRuntimeNamesOnnxRuntime()
    {
        string[] wrong =
        [
            .. Directory
                .EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
                .Where(file => !Path.GetRelativePath(Library, file).StartsWith("Runtime", StringComparison.Ordinal))
                .Where(file => File.ReadAllText(file).Contains("Microsoft.ML.OnnxRuntime;", StringComparison.Ordinal)),
        ];

        Assert.Empty(wrong);
    }

    [Fact]
    public void NoFileIsLongerThanFourHundredLines()
    {
        string[] tooLong =
        [
            .. new[] { "src", "tests", "bench", "samples" }
                .SelectMany(folder =>
                    Directory.EnumerateFiles(Path.Combine(SharedFolder.Root, folder), "*.cs", SearchOption.AllDirectories)
                )
                .Where(file => File.ReadLines(file).Count() > MaximumLines)
                .Select(file => Path.GetRelativePath(SharedFolder.Root, file)),
        ];

        Assert.Empty(tooLong);
    }

    [Fact]
    public void NoTypeIsNamedAfterNothing()
    {
        string[] wrong =
        [
            .. typeof(Cupola.Graphs.ElementType)
                .Assembly.GetTypes()
                .Select(type => type.Name)
                .Where(name => EmptyName().IsMatch(name)),
        ];

        Assert.Empty(wrong);
    }

    /// <summary>A file's folder with points between its parts, as in its namespace.</summary>
    private static string RoomOf(string file) =>
        Path.GetRelativePath(Library, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');

    [GeneratedRegex(@"\b(using|namespace) Cupola\.(?<room>[A-Z][\w.]+);")]
    private static partial Regex RoomName();

    [GeneratedRegex("(Utils?|Helpers?|Manager|Common|Misc)$")]
    private static partial Regex EmptyName();
}
