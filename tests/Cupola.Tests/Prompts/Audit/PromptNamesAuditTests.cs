using Cupola.Prompts.Audit;

namespace Cupola.Tests.Prompts.Audit;

/// <summary>Faults that a sentence has among others: it repeats one, does not name its class, or names another.</summary>
public sealed class PromptNamesAuditTests
{
    [Fact]
    public void ADuplicateIsTheSameButForCaseSpacesAndPunctuation()
    {
        PromptFinding[] findings = AuditedPrompts.Of(
            PromptFault.Duplicate,
            "cat",
            "A cat is small, and soft.",
            "A cat is small, and soft.",
            " a CAT is small and soft",
            "A cat's paw.",
            "A cats paw.",
            "A cat.",
            "C is a cat.",
            "C# is a cat.",
            "猫。",
            "猫!"
        );

        Assert.Equal(
            [
                (1, "is the same as prompt 1"),
                (2, "is the same as prompt 1 but for case, spaces or punctuation"),
                (4, "is the same as prompt 4 but for case, spaces or punctuation"),
                (9, "is the same as prompt 9 but for case, spaces or punctuation"),
            ],
            findings.Select(static finding => (finding.Position, finding.Detail))
        );
    }

    [Fact]
    public void TheSameSentenceOfAnotherClassIsNoDuplicate() =>
        Assert.DoesNotContain(
            PromptAudit.Create(AuditedPrompts.Set(("cat", ["It is small."]), ("dog", ["It is small."]))).Findings,
            static finding => finding.Fault == PromptFault.Duplicate
        );

    [Theory]
    [InlineData(
        "A tench is a green fish of slow rivers and ponds.",
        "The tench is a green fish of slow rivers and of ponds.",
        "shares 100 % of the words with prompt 1"
    )]
    [InlineData(
        "A tench has red eyes, a green skin and two short barbels.",
        "A tench has red eyes, a golden skin and two short barbels.",
        "shares 82 % of the words with prompt 1"
    )]
    [InlineData("A tench has red eyes and green skin.", "Tenches have red eyes and green skins.", null)]
    [InlineData("A tench has whiskers.", "A tench has scales.", null)]
    [InlineData("A tench is a green fish of slow rivers and ponds.", "A tench is eaten by herons, otters and people.", null)]
    public void ANearDuplicateSharesFourOfFiveWords(string first, string second, string? detail) =>
        Assert.Equal(detail, AuditedPrompts.Of(PromptFault.NearDuplicate, "tench", first, second).SingleOrDefault()?.Detail);

    [Fact]
    public void NearDuplicatesAreFoundAsComparingEachWithEachFindsThem()
    {
        Random random = new(7);
        string[] vocabulary =
        [
            .. Enumerable.Range(0, 30).Select(static number => $"{(char)('b' + (number % 20))}{(char)('a' + (number / 2))}x"),
        ];
        string[] sentences =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(_ =>
                    string.Join(
                        ' ',
                        Enumerable
                            .Range(0, 4 + random.Next(9))
                            .Select(_ => vocabulary[random.Next(1 + random.Next(vocabulary.Length))])
                    )
                ),
        ];
        HashSet<string>[] words = [.. sentences.Select(static sentence => sentence.Split(' ').ToHashSet())];

        // Those already found are none that later ones are compared with.
        List<int> kept = [];
        HashSet<int> expected = [];
        HashSet<string> seen = [];
        for (int index = 0; index < sentences.Length; index++)
        {
            if (!seen.Add(sentences[index]))
            {
                continue;
            }

            bool isNear = kept.Any(other =>
                words[other].Intersect(words[index]).Count() >= 0.8 * words[other].Union(words[index]).Count()
            );
            (isNear ? (Action<int>)(each => expected.Add(each)) : kept.Add)(index);
        }

        Assert.InRange(expected.Count, 20, 200);
        Assert.Equal(
            expected.Order(),
            AuditedPrompts.Of(PromptFault.NearDuplicate, "none", sentences).Select(static finding => finding.Position)
        );
    }

    [Theory]
    [InlineData("tree frog", "Tree frogs are green.|TREE-FROG eggs.|The tree frog's eye.|A treefrog.|A frog of the trees.")]
    [InlineData("goose", "Geese fly.")]
    [InlineData("wolf", "Wolves howl.")]
    [InlineData("throwing water balloon", "When you throw a water balloon, it bursts.|Water balloons are thrown.")]
    [InlineData("Skate Boarding", "Skateboarding is fun.")]
    [InlineData("head stand", "A headstand is a pose.")]
    [InlineData("Apply Eye Makeup", "A person applies eye make-up.")]
    [InlineData("swim trunks / shorts", "Shorts are short.|Swim trunks are wet.")]
    [InlineData("red wolf or maned wolf", "The maned wolf is tall.")]
    [InlineData("tench, Tinca tinca", "Tinca tinca is green.")]
    [InlineData("underwater (coral reef)", "A coral reef is colourful.|Underwater, all is blue.")]
    [InlineData("annual_crop", "Annual crops are harvested.")]
    [InlineData("AnnualCrop", "An annual crop is harvested.")]
    [InlineData("Cassins Finch", "Cassin's finch is red.")]
    [InlineData("water lilly", "A water lily floats.")]
    [InlineData("mixing colours", "When colors are mixed, they are dull.")]
    [InlineData("crème brûlée", "Creme brulee is sweet.")]
    [InlineData("great pyrenees", "Pyrenees are white.")]
    [InlineData(
        "Toyota Corolla Sedan 2012",
        "The 2012 Toyota Corolla Sedan is small.|The Toyota Corolla is small.|Small is the Corolla."
    )]
    [InlineData("Nissan 240SX Coupe 1998", "Look for a 240SX badge.")]
    [InlineData("F-16A/B", "The F-16 is a jet.")]
    [InlineData("树蛙", "这是一只绿色的树蛙。")]
    [InlineData("Snowy Owl", "TheSnowy Owl is white.")]
    public void ASentenceNamesItsClassInAnyForm(string className, string sentences) =>
        Assert.All(sentences.Split('|'), sentence =>
            Assert.Equal((null, sentence), (AuditedPrompts.Detail(PromptFault.NoClassName, className, sentence), sentence))
        );

    [Theory]
    [InlineData("tree frog", "has only 'tree' of 'tree frog'", "It lives in a tree.")]
    [InlineData("ant", "has no word of 'ant'", "An elephant wants plants.")]
    [InlineData("parking garage (indoor)", "has no word of 'parking garage (indoor)'", "An animal lives outside.")]
    [InlineData("playing chess", "has only 'playing' of 'playing chess'", "They are playing.")]
    [InlineData("goat", "has no word of 'goat'", "A boat is on the moat.")]
    [InlineData("树蛙", "has no word of '树蛙'", "这是一棵树。")]
    public void ASentenceWithoutTheNameIsFound(string className, string detail, string sentence) =>
        Assert.Equal(detail, AuditedPrompts.Detail(PromptFault.NoClassName, className, sentence));

    [Fact]
    public void PartOfANameIsEnoughOnlyWhereNoOtherClassHasIt()
    {
        PromptFinding[] Missing(params string[] names) =>
            [
                .. PromptAudit
                    .Create(
                        AuditedPrompts.Set([
                            .. names.Select(static (name, index) => (name, index == 0 ? (string[])["The frog is green."] : [])),
                        ])
                    )
                    .Findings.Where(static finding => finding.Fault == PromptFault.NoClassName),
            ];

        Assert.Empty(Missing("tree frog", "toad"));
        Assert.Equal("has only 'frog' of 'tree frog'", Assert.Single(Missing("tree frog", "tailed frog")).Detail);
    }

    [Fact]
    public void TheSameNameWithAnotherYearIsNotEnough()
    {
        PromptSet prompts = AuditedPrompts.Set(
            ("Dodge Caliber Wagon 2012", ["The Dodge Caliber Wagon is a car."]),
            ("Dodge Caliber Wagon 2007", ["The 2007 Dodge Caliber Wagon is a car."])
        );

        Assert.Equal(
            "has only 'dodge caliber wagon' of 'Dodge Caliber Wagon 2012'",
            Assert.Single(PromptAudit.Create(prompts).Findings).Detail
        );
    }

    [Fact]
    public void ASynonymNamesTheClass()
    {
        PromptSet prompts = AuditedPrompts.Set(
            ("automobile", ["A car has wheels."]),
            ("train", ["A train pulls cars, and no car has an engine."])
        );
        Dictionary<string, IReadOnlyList<string>> synonyms = new() { ["automobile"] = ["car", "motor car"] };

        Assert.Equal([PromptFault.NoClassName], PromptAudit.Create(prompts).Findings.Select(static finding => finding.Fault));
        Assert.Equal(
            [("train", "names 'car' beside its own class")],
            PromptAudit
                .Create(prompts, new() { Synonyms = synonyms })
                .Findings.Select(static finding => (finding.ClassName, finding.Detail))
        );
    }

    [Theory]
    [InlineData("The tench looks like a carp.", "names 'carp' beside its own class")]
    [InlineData("A tench eats snails.", "names 'snail' beside its own class")]
    [InlineData("Large crane flies are eaten by a tench.", "names 'crane fly' beside its own class")]
    [InlineData(
        "A tench lives with a carp and a great white shark.",
        "names 'carp' and 'great white shark' beside its own class"
    )]
    [InlineData("This is a carp.", "names 'carp' and not its own class")]
    public void TheNameOfAnotherClassIsFound(string sentence, string detail) =>
        Assert.Equal(detail, OtherClass("tench", sentence));

    [Theory]
    [InlineData("tench", "A tench is a carpet's friend, and no scarp.")]
    [InlineData("tench", "A tench is carp-like.")]
    [InlineData("tench", "This carp pond has a tench.")]
    [InlineData("tench", "They crane to see the tench.")]
    [InlineData("tench", "An oxygen crane lifts the tench.")]
    [InlineData("tench", "The bird cranes over the tench.")]
    [InlineData("tench", "A tench is a fish that flies over water.")]
    [InlineData("crane fly", "A crane fly is no fly.")]
    [InlineData("white shark", "The white shark is a shark.")]
    public void WhatOnlyLooksLikeAnotherClassesNameIsNotFound(string className, string sentence) =>
        Assert.Null(OtherClass(className, sentence));

    [Fact]
    public void ANameThatManyOtherClassesSayIsACommonWord()
    {
        string[] animals = ["cat", "dog", "cow", "hen", "pig"];
        PromptSet prompts = AuditedPrompts.Set([
            .. animals.Select(static name => (name, (string[])[$"A {name} sits on the table.", $"A {name} is no wardrobe."])),
            ("table", ["A table."]),
            ("wardrobe", ["A wardrobe."]),
        ]);
        PromptSet few = AuditedPrompts.Set([
            .. animals.Take(3).Select(static name => (name, (string[])[$"A {name} sits on the table."])),
            ("table", ["A table."]),
        ]);

        Assert.Equal(["table", "wardrobe"], PromptAudit.Create(prompts).CommonNames);
        Assert.Empty(PromptAudit.Create(prompts).Findings);
        Assert.Empty(PromptAudit.Create(few).CommonNames);
        Assert.Equal(3, PromptAudit.Create(few).Findings.Count(static finding => finding.Fault == PromptFault.OtherClass));
    }

    [Fact]
    public void ClassesOfOneNameDoNotNameEachOther()
    {
        PromptSet prompts = AuditedPrompts.Set(
            ("crane (bird)", ["A crane is a bird."]),
            ("crane (machine)", ["A crane lifts loads."]),
            ("garage (indoor)", ["A garage is dark."]),
            ("garage (outdoor)", ["A garage is bright."])
        );

        Assert.Empty(PromptAudit.Create(prompts).Findings);
    }

    [Theory]
    [InlineData("airplane", 204, 0.02, 0.06)]
    [InlineData("cars", 865, 0.02, 0.20)]
    [InlineData("imagenet", 1693, 0.01, 0.03)]
    [InlineData("ucf", 204, 0.03, 0.12)]
    public void OfPublishedSentencesTheRepeatedOnesAreFoundAndOnlyThoseWithoutTheNameInAnyForm(
        string dataset,
        int repeated,
        double least,
        double most
    )
    {
        PromptSet prompts = PromptSet.Read(
            SharedFolder.Need("data", "cupl", $"{dataset}_prompts_{(dataset == "imagenet" ? "base" : "full")}.json")
        );

        PromptAudit audit = PromptAudit.Create(prompts);

        Assert.Equal(
            repeated,
            audit.Findings.Count(static finding =>
                finding.Fault == PromptFault.Duplicate && !finding.Detail.Contains("but for", StringComparison.Ordinal)
            )
        );
        Assert.InRange(
            audit.Findings.Count(static finding => finding.Fault == PromptFault.NoClassName) / (double)prompts.PromptCount,
            least,
            most
        );
        // No prompt has a fault twice.
        Assert.Equal(
            audit.Findings.Count,
            audit.Findings.Select(static finding => (finding.ClassName, finding.Position, finding.Fault)).Distinct().Count()
        );
    }

    private static string? OtherClass(string className, string sentence)
    {
        string[] names = ["carp", "snail", "crane", "fly", "crane fly", "shark", "great white shark"];
        PromptSet prompts = AuditedPrompts.Set([
            (className, [sentence]),
            .. names.Where(name => name != className).Select(static name => (name, (string[])[])),
        ]);
        return PromptAudit
            .Create(prompts)
            .Findings.SingleOrDefault(static finding => finding.Fault == PromptFault.OtherClass)
            ?.Detail;
    }
}
