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
        "Models.Quantization",
        "Models",
        "Embedding",
        "Embedding.Shards",
        "Maps",
        "Retrieval",
        "Prompts",
        "Prompts.Audit",
        "Prompts.Writing",
        "LanguageModels",
        "ZeroShot",
        "Reports",
        "Explanation",
        "Evaluation",
        "FewShot",
        "Questions",
        "Collectives",
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

    /// <summary>
    /// A room is a folder, and a type belongs to the room whose file declares it, whatever its namespace: what a file names must
    /// be of its own room or of one before it. Comments and strings name nothing.
    /// </summary>
    [Fact]
    public void ARoomUsesOnlyRoomsBeforeIt()
    {
        SourceFile[] files = [.. Directory.EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories).Select(SourceFile.Read)];
        // A name that several rooms declare says nothing of the room.
        Dictionary<string, string> rooms = files
            .SelectMany(static file => file.Declared.Select(type => (Type: type, file.Room)))
            .GroupBy(static each => each.Type, StringComparer.Ordinal)
            .Where(static group => group.Select(static each => each.Room).Distinct(StringComparer.Ordinal).Count() == 1)
            .ToDictionary(static group => group.Key, static group => group.First().Room, StringComparer.Ordinal);
        List<string> wrong = [];
        foreach (IGrouping<string, SourceFile> room in files.GroupBy(static file => file.Room, StringComparer.Ordinal))
        {
            SortedSet<string> used = new(StringComparer.Ordinal);
            foreach (SourceFile file in room)
            {
                foreach (string name in file.Named.Where(rooms.ContainsKey))
                {
                    used.Add(rooms[name]);
                    if (Array.IndexOf(Rooms, rooms[name]) > Array.IndexOf(Rooms, file.Room))
                    {
                        wrong.Add($"{file.Room}/{file.Name} uses {name} of {rooms[name]}");
                    }
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{room.Key}: {string.Join(", ", room.Select(static file => file.Name).Order(StringComparer.Ordinal))}"
                    + $"\n    uses {string.Join(", ", used.Where(name => name != room.Key))}"
            );
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void NoUsingNamesALaterRoom()
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

    /// <summary>A file of the library, the types it declares and the names it mentions.</summary>
    private sealed record SourceFile(string Room, string Name, IReadOnlySet<string> Declared, IReadOnlySet<string> Named)
    {
        public static SourceFile Read(string path)
        {
            string code = NotCode().Replace(File.ReadAllText(path), " ");
            return new(
                RoomOf(path),
                Path.GetFileNameWithoutExtension(path),
                TypeName().Matches(code).Select(static match => match.Groups["type"].Value).ToHashSet(StringComparer.Ordinal),
                Word().Matches(code).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal)
            );
        }
    }

    [GeneratedRegex(@"//[^\n]*|""(?:\\.|[^""\\\n])*""")]
    private static partial Regex NotCode();

    [GeneratedRegex(
        @"^(public|internal) [\w ]*\b(class|record|struct|enum|interface) (struct )?(?<type>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex TypeName();

    // What stands behind a point, is called, or has accessors is a member, whatever its name.
    [GeneratedRegex(
        @"(?<=\bnew )[A-Z]\w+|(?<![.\w])[A-Z]\w+\b(?! *(\(|=>|\{ (get|set|init)|=[^=]))",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(using|namespace) Cupola\.(?<room>[A-Z][\w.]+);")]
    private static partial Regex RoomName();

    [GeneratedRegex("(Utils?|Helpers?|Manager|Common|Misc)$")]
    private static partial Regex EmptyName();
}
