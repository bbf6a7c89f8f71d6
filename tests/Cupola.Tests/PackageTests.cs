using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cupola.Tests;

/// <summary>What the packages say of themselves; eng/try-packages makes, installs and references them.</summary>
public sealed partial class PackageTests
{
    private static string Notices =>
        File.ReadAllText(Path.Combine(SharedFolder.Root, "src", "Cupola.Cli", "THIRD-PARTY-NOTICES.md"));

    [Fact]
    public void TheToolsNoticesNameEveryLibraryOfOthersInItAndNoOther()
    {
        Regex[] named = [.. NoticeRow().Matches(Notices).SelectMany(static row => FileName().Matches(row.Value)).Select(Pattern)];
        string[] files = [.. LibrariesOfOthers()];

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Contains(named, name => name.IsMatch(file)));
        Assert.All(named, name => Assert.Contains(files, name.IsMatch));
    }

    /// <summary>The files of packages that the tool is made of, on each platform.</summary>
    private static IEnumerable<string> LibrariesOfOthers()
    {
        string list = Path.Combine(AppContext.BaseDirectory, "Cupola.Cli.deps.json");
        JsonElement targets = JsonDocument.Parse(File.ReadAllText(list)).RootElement.GetProperty("targets");
        return from library in targets.EnumerateObject().Single().Value.EnumerateObject()
               where !library.Name.StartsWith("Cupola", StringComparison.Ordinal)
               from kind in library.Value.EnumerateObject()
               where kind.Name is "runtime" or "runtimeTargets"
               from file in kind.Value.EnumerateObject()
               select Path.GetFileName(file.Name);
    }

    /// <summary>A file's name in the table's first column, where a star stands for anything.</summary>
    private static Regex Pattern(Match file) =>
        new($"^{Regex.Escape(file.Groups["name"].Value).Replace("\\*", ".*", StringComparison.Ordinal)}$");

    [GeneratedRegex("^\\| `.*?\\|", RegexOptions.Multiline)]
    private static partial Regex NoticeRow();

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex FileName();
}
