using System.Globalization;
using System.Text;

namespace Cupola.Tests.Cli;

/// <summary>What can be wrong with a file of prompts is said in one sentence, before any model is read.</summary>
public sealed class BadPromptFileTests
{
    private const string Huge = "300 MB";

    public static TheoryData<string, string, string> Files =>
        new()
        {
            { "a label without prompts", """{"rocket":["A rocket."]}""", "There are no prompts in '{0}' for the label 'cat'." },
            {
                "labels without prompts",
                """{"unicorn":["A unicorn."]}""",
                "There are no prompts in '{0}' for these labels: 'cat', 'rocket'."
            },
            { "an empty list", """{"rocket":["A rocket."],"cat":[]}""", "There are no prompts in '{0}' for the label 'cat'." },
            { "no classes", "{}", "'{0}' contains no classes." },
            { "no object", "[]", "'{0}' does not contain a JSON object of class names and lists of prompts." },
            { "nothing", "", "'{0}' is not valid JSON (line 1)." },
            { "wrong JSON", "{\"rocket\":[\"A rocket.\",\n],\"cat\":[\"A cat.\"]}", "'{0}' is not valid JSON (line 2)." },
            { "cut JSON", "{\"rocket\":[\"A rocket.\"", "'{0}' is not valid JSON (line 1)." },
            { "JSON without a bottom", new string('[', 100_000), "'{0}' is not valid JSON (line 1)." },
            {
                "a number",
                """{"rocket":["A rocket.",5],"cat":["A cat."]}""",
                "'{0}' has something that is not a sentence as prompt 2 of 'rocket'."
            },
            {
                "a blank",
                """{"rocket":["A rocket."],"cat":["  "]}""",
                "'{0}' has something that is not a sentence as prompt 1 of 'cat'."
            },
            { "no list", """{"rocket":"A rocket.","cat":["A cat."]}""", "'{0}' has no list of prompts for 'rocket'." },
            {
                "a class twice",
                """{"rocket":["A rocket."],"cat":["A cat."],"cat":["The cat."]}""",
                "'{0}': The class 'cat' occurs twice."
            },
            {
                "half a letter",
                """{"rocket":["A \ud800 rocket."],"cat":["A cat."]}""",
                "'{0}' contains text that is not Unicode."
            },
            { "no text", "\u0089PNG", "'{0}' is not text in UTF-8." },
            { Huge, "{", "'{0}' has more than 64 MB, and lists of texts are not that large." },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void IsASentenceAndExitCodeThree(string what, string content, string sentence)
    {
        string file = Write(what, content);

        Refused(file, sentence, "classify", "photo.jpg", "--labels", "cat,rocket");
    }

    [Fact]
    public void EveryVerbThatReadsPromptsSaysTheSame()
    {
        string file = Write("an empty list", """{"rocket":[],"cat":["A cat."]}"""),
            huge = Write(Huge, "{"),
            dataset = Dataset();
        foreach (
            string[] verb in new string[][]
            {
                ["evaluate", dataset],
                ["prompts", "influence", "--dataset", dataset],
                ["prompts", "influence", "photo.jpg", "--labels", "cat,rocket"],
            }
        )
        {
            Refused(file, "There are no prompts in '{0}' for the label 'rocket'.", verb);
            Refused(huge, "'{0}' has more than 64 MB, and lists of texts are not that large.", verb);
        }
    }

    [Fact]
    public void AClassThatIsNoLabelIsLeftOutWithANoteAndChangesNothing()
    {
        string model = SharedFolder.AnyModel,
            photo = SharedFolder.AnyImage;
        string with = Write("more", """{"unicorn":["A unicorn."],"rocket":["A rocket."],"cat":["A cat."]}"""),
            without = Write("fewer", """{"rocket":["A rocket."],"cat":["A cat."]}""");

        Tool.Run more = Tool.Start("classify", photo, "--labels", "cat,rocket", "--prompts", with, "--model", model),
            fewer = Tool.Start("classify", photo, "--labels", "cat,rocket", "--prompts", without, "--model", model);

        Assert.Equal((0, 0, fewer.Output), (more.ExitCode, fewer.ExitCode, more.Output));
        Assert.Contains("1 class of the prompt file is no label and is left out: unicorn.", more.Error, StringComparison.Ordinal);
        Assert.Empty(fewer.Error);
    }

    private static void Refused(string file, string sentence, params string[] verb)
    {
        // A quarter of the largest file is all the memory there is.
        Tool.Run run = Tool.StartWith(
            new() { ["DOTNET_GCHeapHardLimit"] = "0x4B00000" },
            [.. verb, "--prompts", file, "--model", "no such model"]
        );

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Equal(string.Format(CultureInfo.InvariantCulture, sentence, file), run.Error.TrimEnd());
    }

    private static string Write(string what, string content)
    {
        string file = TestFolder.NewFile("prompts.json");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(content));
        if (what == Huge)
        {
            using FileStream stream = File.OpenWrite(file);
            stream.SetLength(300 << 20);
        }

        return file;
    }

    /// <summary>Two labels; nobody looks at the images.</summary>
    private static string Dataset()
    {
        string folder = TestFolder.New();
        foreach (string label in new[] { "rocket", "cat" })
        {
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(folder, label)).FullName, "photo.jpg"),
                "no image"
            );
        }

        return folder;
    }
}
