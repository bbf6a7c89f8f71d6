using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Cupola.Cli;

namespace Cupola.Tests.Cli;

/// <summary>
/// Examples can be tried as they stand: they parse with the options there are, and a path that begins with a folder of the
/// repository is there. Every other file is the reader's own: a plain name, or one in a folder that the repository has not.
/// </summary>
public sealed partial class ExamplesTests
{
    public static TheoryData<string> Pages => [.. Documents()];

    [Fact]
    public void TheHelpsExamplesParseAndNameNothingOfTheRepository()
    {
        string[] examples =
        [
            .. AllCommands(CupolaCommand.Create()).OfType<CommandWithExamples>().SelectMany(static command => command.Examples),
            .. CupolaCommand.Examples.Split('\n'),
        ];

        Assert.True(examples.Length > 30);
        Assert.All(examples, example =>
        {
            AssertParses(example);
            // The help is read where the tool is installed, and no repository lies beside it.
            Assert.Empty(PathsOfTheRepository(example));
        });

        static IEnumerable<Command> AllCommands(Command command) => [command, .. command.Subcommands.SelectMany(AllCommands)];
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void TheExamplesOfAPageParseAndTheFilesOfTheRepositoryThatTheyNameAreThere(string page)
    {
        string text = File.ReadAllText(Path.Combine(SharedFolder.Root, page));
        string[] examples =
        [
            .. Fence()
                .Matches(text)
                .SelectMany(static fence => fence.Groups["code"].Value.Split('\n'))
                .Where(static line => CallOfCupola().IsMatch(line)),
        ];

        Assert.All(examples, example =>
        {
            AssertParses(example);
            Assert.All(PathsOfTheRepository(example), static path =>
                Assert.True(Path.Exists(Path.Combine(SharedFolder.Root, path)), path)
            );
        });
    }

    private static IEnumerable<string> Documents() =>
        new[] { SharedFolder.Root, Path.Combine(SharedFolder.Root, "docs") }
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*.md"))
            .Select(static path => Path.GetRelativePath(SharedFolder.Root, path));

    private static void AssertParses(string example)
    {
        string[] words = [.. Words(example)];
        int start = Array.FindIndex(words, static word => word is "cupola" or "--") + 1;

        Assert.True(start > 0, example);
        string[] errors =
        [
            .. CommandRunner.Parse(CupolaCommand.Create(), words[start..]).Errors.Select(static error => error.Message),
        ];
        Assert.True(errors.Length == 0, $"{example}: {string.Join(" ", errors)}");
    }

    /// <summary>The words up to a pipe or a redirection behind the command, as a shell takes them apart.</summary>
    private static IEnumerable<string> Words(string line)
    {
        string call = line[CallOfCupola().Match(line).Index..];
        StringBuilder word = new();
        char quote = '\0';
        foreach (char letter in call + " ")
        {
            if (quote == '\0' && letter is '>' or '<' or '|')
            {
                yield break;
            }

            if (letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && letter is '"' or '\'')
            {
                quote = letter;
            }
            else if (quote == '\0' && letter == ' ')
            {
                if (word.Length > 0)
                {
                    yield return word.ToString();
                    word.Clear();
                }
            }
            else
            {
                word.Append(letter);
            }
        }
    }

    private static string[] PathsOfTheRepository(string example)
    {
        HashSet<string> folders =
        [
            .. Directory.EnumerateDirectories(SharedFolder.Root).Select(static folder => Path.GetFileName(folder)),
        ];
        return [.. Words(example).Where(word => word.Contains('/') && folders.Contains(word.Split('/')[0]))];
    }

    [GeneratedRegex(@"```bash\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<![\w/-])cupola (?=[a-z])|dotnet run -c Release --project src/Cupola\.Cli -- ")]
    private static partial Regex CallOfCupola();
}
