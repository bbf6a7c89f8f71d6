using Cupola.Prompts;
using Cupola.Prompts.Audit;
using Cupola.Text;

namespace Cupola.Tests.Prompts.Audit;

/// <summary>What becomes of prompts with faults.</summary>
public sealed class PromptRepairTests
{
    [Theory]
    [InlineData("snail", "The snail has:\n-A shell\n-Two horns\n- A foot.", "The snail has: A shell, Two horns, A foot.")]
    [InlineData("snail", "A snail has:-A shell-A well-known foot.", "A snail has: A shell, A well-known foot.")]
    [InlineData("snail", "1. A snail is slow.", "A snail is slow.")]
    [InlineData("snail", "A snail is\nslow.", "A snail is slow.")]
    [InlineData("snail", "<p>A <b>snail</b> is **slow** &amp; `soft`.</p>", "A snail is slow & soft.")]
    [InlineData("snail", "A [snail](http://x.y) is slow.", "A snail is slow.")]
    [InlineData("snail", "A snail is slow.<|endoftext|>", "A snail is slow.")]
    [InlineData("snail", "Caption: A snail is slow.", "A snail is slow.")]
    [InlineData("snail", "?A snail is slow.", "A snail is slow.")]
    [InlineData("mountain", " peakThe photo shows a mountain peak.", "The photo shows a mountain peak.")]
    [InlineData("snail", "What is a snail?Some snails are slow.", "Some snails are slow.")]
    [InlineData("snail", "Image result for snail\nThe snail is slow.", "The snail is slow.")]
    [InlineData("bottling", " provisionsBottling keeps food.", "Bottling keeps food.")]
    [InlineData("egg", "A egg on a toastedEnglish muffin.", "An egg on a toasted English muffin.")]
    [InlineData("elephant", "A elephant is an gray animal.", "An elephant is a gray animal.")]
    [InlineData("jeans", "A jeans is blue.", "Jeans is blue.")]
    [InlineData("snail", "A snail is is a a slow animal.", "A snail is is a slow animal.")]
    [InlineData("snail", "Sure! A snail is a slow animal.", "A snail is a slow animal.")]
    [InlineData("snail", "There is no one answer to this question, but most snails are slow.", "Most snails are slow.")]
    [InlineData("snail", "Assuming you are asking about the animal: the snail is very slow.", "The snail is very slow.")]
    [InlineData("snail", "A snail is slow! It has two horns and a.", "A snail is slow!")]
    [InlineData("snail", "A snail is 3 cm long (1.", "A snail is 3 cm long.")]
    [InlineData("snail", "This is a sign that says \"snail.", "This is a sign that says \"snail.\"")]
    [InlineData("snail", "- Great question! A snail is a slow animal, and an.", null)]
    [InlineData("snail", "- Great question! A snail is a slow animal. It has an.", "A snail is a slow animal.")]
    public void APromptIsRepairedWhereASentenceRemains(string className, string faulty, string? repaired)
    {
        RepairedPrompts result = Repair((className, [faulty, $"In this photo, {className} can be seen."]));

        Assert.Equal(repaired, result.Prompts[className].Select(static prompt => prompt.Text).SkipLast(1).SingleOrDefault());
        Assert.All(result.Findings, finding =>
            Assert.Equal(
                (repaired is null ? PromptRemedy.Dropped : PromptRemedy.Repaired, repaired),
                (finding.Remedy, finding.Text)
            )
        );
        Assert.NotEmpty(result.Findings);
    }

    [Theory]
    [InlineData("There is no definitive answer to this question.")]
    [InlineData("I'm not sure what you mean.")]
    [InlineData("A snail has a length of 3.")]
    [InlineData(" do\n  it \"should be slow\" do\n    expect(snail).")]
    [InlineData(".")]
    [InlineData("a snail without its")]
    public void WhatSaysNothingIsDropped(string prompt)
    {
        RepairedPrompts result = Repair(("snail", ["A snail is slow.", prompt, "A snail has a shell."]));

        Assert.Equal(["A snail is slow.", "A snail has a shell."], result.Prompts["snail"].Select(static each => each.Text));
        Assert.Equal((0, 1), (result.Repaired, result.Dropped));
        Assert.All(result.Findings, static finding => Assert.Equal(PromptRemedy.Dropped, finding.Remedy));
    }

    [Fact]
    public void OfDuplicatesTheFirstStaysAlsoWhereTheyBecomeSuchByRepair()
    {
        RepairedPrompts result = Repair(
            ("snail", ["A snail is slow.", "a Snail is slow.", "-A snail is slow.", "A snail is soft.", "A snail is soft."])
        );

        Assert.Equal(["A snail is slow.", "A snail is soft."], result.Prompts["snail"].Select(static each => each.Text));
        Assert.Equal((0, 3), (result.Repaired, result.Dropped));
    }

    [Fact]
    public void WhatIsAMatterOfTasteIsKeptUnlessItIsToBeDropped()
    {
        PromptSet prompts = AuditedPrompts.Set(
            (
                "snail",
                [
                    "A snail is a slow animal with a shell and horns.",
                    "The snail is a slow animal with a shell and with horns.",
                    "It is slow.",
                    "A snail looks like a worm.",
                ]
            ),
            ("worm", ["It is long."])
        );

        RepairedPrompts kept = PromptAudit.Create(prompts).Repair();
        RepairedPrompts dropped = PromptAudit
            .Create(prompts)
            .Repair([PromptFault.NearDuplicate, PromptFault.NoClassName, PromptFault.OtherClass]);

        Assert.Equal(prompts.Hash, kept.Prompts.Hash);
        Assert.All(kept.Findings, static finding => Assert.Equal(PromptRemedy.Kept, finding.Remedy));
        Assert.Equal(4, kept.Findings.Count);
        Assert.Equal([prompts["snail"][0]], dropped.Prompts["snail"]);
        // The last prompts of a class stay.
        Assert.Equal(prompts["worm"], dropped.Prompts["worm"]);
        Assert.Equal(
            [PromptRemedy.Dropped, PromptRemedy.Dropped, PromptRemedy.Dropped, PromptRemedy.Kept],
            dropped.Findings.Select(static finding => finding.Remedy)
        );
        Assert.Equal(
            ["worm"],
            dropped
                .Findings.Where(static finding => finding.Remedy == PromptRemedy.Kept)
                .Select(static finding => finding.Finding.ClassName)
        );
    }

    [Fact]
    public void AClassOfWhichNothingRemainsIsNamedAndStaysWithoutPrompts()
    {
        RepairedPrompts result = Repair(("snail", ["I don't know.", "."]), ("worm", ["A worm is long."]), ("empty", []));

        Assert.Equal(["snail"], result.EmptiedClasses);
        Assert.Equal(["snail", "worm", "empty"], result.Prompts.ClassNames);
        Assert.Empty(result.Prompts["snail"]);
    }

    [Fact]
    public void WhereAPromptCameFromIsKept()
    {
        PromptProvenance provenance = new("Describe a snail:", 2, "m", 0.5f, 50, "1. A snail is slow.");
        PromptSet prompts = new([new("snail", [new("1. A snail is slow.", "prompts.json", provenance)])]);

        Assert.Equal(
            [new("A snail is slow.", "prompts.json", provenance)],
            PromptAudit.Create(prompts).Repair().Prompts["snail"]
        );
    }

    [Fact]
    public void WhatIsTooLongIsCutAfterTheLastSentenceThatFits()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(SharedFolder.Need("data", "clip-bpe"));
        string sentence = $"A cat is {string.Join(' ', Enumerable.Repeat("very", 30))} small.";
        string endless = $"A cat is {string.Join(' ', Enumerable.Repeat("very", 90))} small.";
        PromptAudit audit = PromptAudit.Create(
            AuditedPrompts.Set(("cat", [$"{sentence} {sentence} Then it sleeps and dreams of a mouse.", endless])),
            new() { Tokenizer = tokenizer }
        );

        Assert.Equal([$"{sentence} {sentence}", endless], audit.Repair().Prompts["cat"].Select(static prompt => prompt.Text));
        Assert.Equal(
            [PromptRemedy.Repaired, PromptRemedy.Kept],
            audit
                .Repair()
                .Findings.Where(static each => each.Finding.Fault == PromptFault.TooLong)
                .Select(static each => each.Remedy)
        );
        Assert.Equal(
            [$"{sentence} {sentence}"],
            audit.Repair([PromptFault.TooLong]).Prompts["cat"].Select(static prompt => prompt.Text)
        );
    }

    [Theory]
    [InlineData("food", 3030)]
    [InlineData("ucf", 5050)]
    [InlineData("texture", 2820)]
    public void OfPublishedSentencesNothingRemainsToRepairAndNothingSoundIsTouched(string dataset, int count)
    {
        PromptSet prompts = PromptSet.Read(SharedFolder.Need("data", "cupl", $"{dataset}_prompts_full.json"));
        PromptAudit audit = PromptAudit.Create(prompts);

        RepairedPrompts repaired = audit.Repair();
        PromptAudit again = PromptAudit.Create(repaired.Prompts);

        PromptFault[] repairable =
        [
            PromptFault.Duplicate,
            PromptFault.Refusal,
            PromptFault.Cut,
            PromptFault.WrongArticle,
            PromptFault.Markup,
        ];
        Assert.DoesNotContain(again.Findings, finding => repairable.Contains(finding.Fault));
        Assert.Equal(repaired.Prompts.Hash, again.Repair().Prompts.Hash);
        Assert.Equal(count, repaired.Prompts.PromptCount + repaired.Dropped);
        HashSet<(string, string)> sound =
        [
            .. prompts
                .ClassNames.SelectMany(name => prompts[name].Index().Select(each => (name, each.Index, each.Item.Text)))
                .Where(each => !audit.Findings.Any(finding => finding.ClassName == each.name && finding.Position == each.Index))
                .Select(static each => (each.name, each.Text)),
        ];
        Assert.Superset(
            sound,
            prompts.ClassNames.SelectMany(name => repaired.Prompts[name].Select(prompt => (name, prompt.Text))).ToHashSet()
        );
        Assert.Empty(repaired.EmptiedClasses);
    }

    private static RepairedPrompts Repair(params (string ClassName, string[] Sentences)[] classes) =>
        PromptAudit.Create(AuditedPrompts.Set(classes)).Repair();
}
