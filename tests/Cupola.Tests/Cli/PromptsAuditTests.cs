using System.Text.Json;
using Cupola.Prompts;

namespace Cupola.Tests.Cli;

/// <summary><c>prompts audit</c> as a person starts it.</summary>
public sealed class PromptsAuditTests
{
    private const string Faulty = """
        {
          "elephant": ["A elephant is gray.", "A elephant is gray.", "I'm not sure what you mean.",
            "An elephant has a length of 3.", "- An elephant looks like a mouse."],
          "mouse": ["A mouse is small.", "It is small."]
        }
        """;

    [Fact]
    public void EachFindingIsALineWithTheNamesOfTheContract()
    {
        Tool.Run run = Tool.Start("prompts", "audit", File(Faulty), "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        JsonElement[] lines = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.All(lines, static line =>
            Assert.Equal(
                ["class", "prompt", "fault", "detail", "position"],
                line.EnumerateObject().Select(static field => field.Name)
            )
        );
        Assert.Equal(
            [
                "elephant 1 wrong-article has 'A elephant'",
                "elephant 2 duplicate is the same as prompt 1",
                "elephant 2 wrong-article has 'A elephant'",
                "elephant 3 refusal says that it cannot tell",
                "elephant 3 no-class-name has no word of 'elephant'",
                "elephant 4 cut ends with '3'",
                "elephant 5 other-class names 'mouse' beside its own class",
                "elephant 5 markup has a list marker (-)",
                "mouse 2 no-class-name has no word of 'mouse'",
            ],
            lines.Select(static line =>
                $"{line.GetProperty("class")} {line.GetProperty("position")} {line.GetProperty("fault")} "
                + $"{line.GetProperty("detail")}"
            )
        );
        Assert.Equal("- An elephant looks like a mouse.", lines[7].GetProperty("prompt").GetString());
    }

    [Fact]
    public void ATableEndsWithTheCountOfEachFault()
    {
        string file = File(Faulty);

        Tool.Run run = Tool.Start("prompts", "audit", file);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"{file}: 7 prompts of 2 classes.", run.Output, StringComparison.Ordinal);
        string[] summary =
        [
            .. run
                .Lines.SkipWhile(static line => line != "In all")
                .Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))),
        ];
        Assert.Equal(
            [
                "In all",
                "fault prompts %",
                "duplicate 1 14.3",
                "near-duplicate 0 0.0",
                "refusal 1 14.3",
                "no-class-name 2 28.6",
                "other-class 1 14.3",
                "cut 1 14.3",
                "wrong-article 2 28.6",
                "markup 1 14.3",
                "6 of 7 prompts have a fault (85.7 %).",
                "Whether prompts are too long is for a model's tokenizer to say; name one by --model.",
            ],
            summary
        );
    }

    [Fact]
    public void ATableShowsNoControlCharactersAndSaysHowManyMoreThereAre()
    {
        string prompts = string.Join(
            ',',
            Enumerable.Range(1, 10).Select(static number => $"\"\\u001b[31mA cat is number {number}.\\u0007\"")
        );

        Tool.Run run = Tool.Start("prompts", "audit", File($$"""{"cat":[{{prompts}}]}"""));

        Assert.DoesNotContain('\u001b', run.Output);
        Assert.DoesNotContain('\u0007', run.Output);
        Assert.Contains("  … and 2 more;", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void FixWritesCuPLsFormatForCuPLsAndSaysWhatBecameOfEachFinding()
    {
        string target = TestFolder.NewFile("fixed.json");

        Tool.Run run = Tool.Start("prompts", "audit", File(Faulty), "--fix", "-o", target, "--format", "csv");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"Wrote 4 of 7 prompts to {target}: 2 are repaired, 3 dropped.", run.Error.Trim());
        Assert.Equal(
            """{"elephant":["An elephant is gray.","An elephant looks like a mouse."],"mouse":"""
                + """["A mouse is small.","It is small."]}""",
            JsonSerializer.Serialize(JsonDocument.Parse(System.IO.File.ReadAllText(target)))
        );
        Assert.Equal(
            [
                "class,position,prompt,fault,detail,remedy,repaired",
                "elephant,1,A elephant is gray.,wrong-article,has 'A elephant',repaired,An elephant is gray.",
                "elephant,2,A elephant is gray.,duplicate,is the same as prompt 1,dropped,",
                "elephant,2,A elephant is gray.,wrong-article,has 'A elephant',dropped,",
            ],
            run.Lines.Take(4).Select(static line => line.TrimEnd())
        );
        Assert.EndsWith(",no-class-name,has no word of 'mouse',kept,", run.Lines[^1].TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void FixKeepsCupolasFormatAndWhereEachPromptCameFromAlsoInPlace()
    {
        string file = TestFolder.NewFile("prompts.json");
        PromptProvenance provenance = new("Describe a cat:", 0, "m", 1, 50, "- A cat purrs.");
        new PromptSet([new("cat", [new("- A cat purrs.", file, provenance), new("A cat purrs.", file)])]).Write(file);

        Tool.Run run = Tool.Start("prompts", "audit", file, "--fix", "-o", file, "--format", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal([new("A cat purrs.", file, provenance)], PromptSetFile.Read(file).Prompts["cat"]);
        Assert.False(PromptSetFile.Read(file).IsCupl);
        JsonElement[] lines = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["repaired", "dropped"], lines.Select(static line => line.GetProperty("remedy").GetString()));
        Assert.Equal("A cat purrs.", lines[0].GetProperty("repaired").GetString());
    }

    [Fact]
    public void AClassThatLosesAllPromptsIsNamedAndTheRestIsWritten()
    {
        string target = TestFolder.NewFile("fixed.json");

        Tool.Run run = Tool.Start(
            "prompts",
            "audit",
            File("""{"cat":["It depends.","I don't know."],"dog":["A dog barks."]}"""),
            "--fix",
            "-o",
            target,
            "--format",
            "json"
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            $"No prompt could be kept for cat; it stands in {target} without any.",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Single(PromptSet.Read(target)["dog"]);
    }

    [Fact]
    public void DropTakesWhatIsOtherwiseKept()
    {
        string target = TestFolder.NewFile("fixed.json");

        Tool.Run run = Tool.Start(
            "prompts",
            "audit",
            File(Faulty),
            "--fix",
            "--drop",
            "no-class-name",
            "--drop",
            "other-class",
            "-o",
            target,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["An elephant is gray."], PromptSet.Read(target)["elephant"].Select(static prompt => prompt.Text));
        Assert.Equal(["A mouse is small."], PromptSet.Read(target)["mouse"].Select(static prompt => prompt.Text));
    }

    [Fact]
    public void AModelsTokenizerSaysWhatIsTooLongAndSynonymsWhatNamesAClass()
    {
        string words = string.Join(' ', Enumerable.Repeat("cat", 76));
        string synonyms = TestFolder.NewFile("synonyms.json");
        System.IO.File.WriteAllText(synonyms, """{"automobile":["car"],"boat":["ship"]}""");

        Tool.Run run = Tool.Start(
            "prompts",
            "audit",
            File($$"""{"cat":["{{words}}."],"automobile":["A car is fast."]}"""),
            "--model",
            SharedFolder.Need("models", "photo-tiny"),
            "--synonyms",
            synonyms,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("too-long", JsonDocument.Parse(Assert.Single(run.Lines)).RootElement.GetProperty("fault").GetString());
        Assert.Contains("has synonyms of words that are not classes here: boat.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "say where", "--fix")]
    [InlineData(2, "goes with --fix", "-o", "x.json")]
    [InlineData(2, "goes with --fix", "--drop", "other-class")]
    [InlineData(2, "There is no fault 'spelling'", "--fix", "-o", "x.json", "--drop", "spelling")]
    [InlineData(3, "There is no file 'none.json'", "--synonyms", "none.json")]
    public void WhatCannotBeDoneIsASentence(int exitCode, string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["prompts", "audit", File(Faulty), .. options]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(
            sentence,
            Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""["car"]""", "does not contain a JSON object of class names")]
    [InlineData("""{"automobile":"car"}""", "has no list of names for 'automobile'")]
    [InlineData("""{"automobile":[1]}""", "has no list of names for 'automobile'")]
    [InlineData("""{"automobile":[],"automobile":[]}""", "has the class 'automobile' twice")]
    [InlineData("{", "is not valid JSON")]
    public void SynonymsThatAreNoneAreASentence(string synonyms, string sentence)
    {
        string file = TestFolder.NewFile("synonyms.json");
        System.IO.File.WriteAllText(file, synonyms);

        Tool.Run run = Tool.Start("prompts", "audit", File(Faulty), "--synonyms", file);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    private static string File(string content)
    {
        string path = TestFolder.NewFile("prompts.json");
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
