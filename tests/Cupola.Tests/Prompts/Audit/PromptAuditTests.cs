using Cupola.Prompts;
using Cupola.Prompts.Audit;
using Cupola.Text;

namespace Cupola.Tests.Prompts.Audit;

/// <summary>Faults that a sentence has by itself: each is found where it is, and not where it only seems to be.</summary>
public sealed class PromptAuditTests
{
    [Theory]
    [InlineData(
        "speaks as a language model",
        "As an AI language model, I have not seen a tench.|I'm just an AI, and a tench is a fish.|I cannot provide pictures of "
            + "a tench."
    )]
    [InlineData(
        "says that there is no answer",
        "There is no definitive answer to this question.|There isn't a single answer to this, as tenches differ.|There is no "
            + "right or wrong answer.|No definitive answer, but a tench is green."
    )]
    [InlineData(
        "says that there is no one way",
        "There is no one way to hold a tench.|There's no surefire way to identify a tench.|A tench may look like anything, as "
            + "there is no one specific way that it looks."
    )]
    [InlineData(
        "says that it cannot tell",
        "I'm not sure what you mean.|I don't know.|I couldn't find a picture of a tench.|We do not have a picture of a tench.|"
            + "Sorry, we are closed.|N/A.|I’m not sure what you are asking."
    )]
    [InlineData(
        "says that it is hard to say",
        "This is a difficult question.|It is hard to describe a tench.|That is difficult to say without a close-up.|There are "
            + "many tenches, so it is difficult to give a general description."
    )]
    [InlineData(
        "says that it depends",
        "It depends on the tench.|That depends.|This answer may vary.|Well, it really depends on the fish.|Depends on the size "
            + "of the pond."
    )]
    [InlineData(
        "talks of the question",
        "Each tench is unique, so there are different answers to this question.|Your question is a bit vague.|There are many "
            + "possible answers."
    )]
    [InlineData(
        "begins with an assumption about the question",
        "Assuming you are referring to the fish, a tench is green.|If you're asking about the fish: a tench is green."
    )]
    [InlineData(
        "says only that it varies",
        "The act of fishing can look like many different things depending on the fish.|A tench can vary in colour depending on "
            + "its pond.|The word tench can mean two different things."
    )]
    [InlineData(
        "announces a description and gives none",
        "There are many ways to identify a tench.|There are several identifying characteristics of a tench.|There are a few "
            + "different types of tench."
    )]
    [InlineData("asks and says nothing", "Which tench are you thinking of?|How old is the tench?.")]
    [InlineData(
        "points to an image or a page",
        "Here is a picture of a tench:.|See the link below.|Image result for tench.|A tench looks like this:.|A tench: "
            + "https://www.|This video shows a tench."
    )]
    [InlineData(
        "begins with a courtesy",
        "Sure! A tench is a green fish.|Great question! A tench is a green fish.|Here is a short description of a tench: It is "
            + "green.|A tench is green. Let me know if you need more."
    )]
    public void WhatTalksOfTheQuestionInPlaceOfTheClassIsARefusal(string reason, string sentences) =>
        Assert.All(sentences.Split('|'), sentence =>
            Assert.Equal((reason, sentence), (AuditedPrompts.Detail(PromptFault.Refusal, "tench", sentence), sentence))
        );

    [Theory]
    [InlineData("A tench cannot live without water.")]
    [InlineData("There is no tail on a tench in this photo.")]
    [InlineData("There is no one on the beach, only a tench.")]
    [InlineData("A person who is answering questions thinks about the answer.")]
    [InlineData("The tench is difficult to see, because it hides in mud.")]
    [InlineData("Tenches vary in colour, but most are green.")]
    [InlineData("There are many different types of tench, including the golden tench.")]
    [InlineData("There are several ways to identify a tench: its red eyes, and its green skin.")]
    [InlineData("Depending on the light, a tench is green or golden.")]
    [InlineData("If you are looking for a tench, search in slow water.")]
    [InlineData("Assuming that it is hungry, a tench eats snails.")]
    [InlineData("I see a tench with red eyes.")]
    [InlineData("A tench looks like a small carp.")]
    [InlineData("A tench is sure of its way, of course.")]
    [InlineData("Yesterday's tench was green.")]
    public void ADescriptionIsNoRefusal(string sentence) =>
        Assert.Null(AuditedPrompts.Detail(PromptFault.Refusal, "tench", sentence));

    [Theory]
    [InlineData("ends with 'a'", "A tench has red eyes, and a.|In a pond, there is a tench, a carp, and a.")]
    [InlineData("ends with 'and'", "A tench has red eyes and.")]
    [InlineData("ends with 'their'", "Tenches hide under their.")]
    [InlineData("ends with 'that'", "A tench has fins that.")]
    [InlineData("ends with 'is'", "A tench has a mouth, which is.|A tench, is.")]
    [InlineData("ends with ','", "A tench has fins,.|A tench has fins, .")]
    [InlineData("ends with ':'", "Here is a tench:.")]
    [InlineData("ends with '-'", "Tenches are:\n-green\n-.")]
    [InlineData("ends with '3'", "A tench has a length of up to 3.|A tench has, 3.|A tench is 12 to 20 cm (3.")]
    [InlineData("ends with '1'", "A tench costs $1.")]
    [InlineData("ends with 'M'", "The tench was named by Louis M.")]
    [InlineData("ends with 'St'", "The tench lives on the island of St.")]
    [InlineData("does not close '('", "A tench is a fish (also called doctor fish.")]
    [InlineData("does not close '\"'", "This is a sign that says \"tench.")]
    [InlineData("does not close '“'", "This is a sign that says “tench.")]
    [InlineData("has no end mark", "A tench with a tail")]
    [InlineData("contains no word", ".|…")]
    public void ASentenceThatDoesNotComeToItsEndIsCut(string reason, string sentences)
    {
        const string whole = "A tench is green.";
        Assert.All(sentences.Split('|'), sentence =>
            Assert.Equal(
                (reason, sentence),
                (AuditedPrompts.Of(PromptFault.Cut, "tench", whole, sentence).SingleOrDefault()?.Detail, sentence)
            )
        );
    }

    [Theory]
    [InlineData(
        "tench",
        "A tench is what one fishes for.|This is the pond it lives in.|That is what a tench is.|A tench is as green as can be.|"
            + "It eats snails, and worms like that.|The man is a tench's human being."
    )]
    [InlineData(
        "tench",
        "A tench is rich in vitamin C.|A tench was here in 1998.|It weighs 35–50 g.|A pond holds from 1 to 9.|A pond seats 5.|"
            + "The tench costs $45,000.|A tench (1758).|It is heated to 190 degrees C."
    )]
    [InlineData(
        "tench",
        "A tench has a length of 5\".|Its mouth has the shape of a V.|It lives in the U.S.|A tench is \"green\".|A tench is "
            + "green (or golden).|A tench says: “Blub.”|鲤鱼是绿色的。|What a fish!|Is it green?"
    )]
    [InlineData("Silverado 1500", "This is a Silverado 1500.|It is like a Boeing 737.|It stands on route 66.")]
    [InlineData("Saab 340", "This is a Saab 340.")]
    public void AWholeSentenceIsNotCutWhateverItsLastWord(string className, string sentences) =>
        Assert.All(sentences.Split('|'), sentence =>
            Assert.Equal((null, sentence), (AuditedPrompts.Detail(PromptFault.Cut, className, sentence), sentence))
        );

    [Fact]
    public void CaptionsNeedNoEndMarkWhereMostHaveNone()
    {
        Assert.Empty(AuditedPrompts.Of(PromptFault.Cut, "tench", "a tench", "a photo of a tench", "art of the tench."));
        Assert.Equal(
            [1],
            AuditedPrompts
                .Of(PromptFault.Cut, "tench", "A tench.", "a photo of a tench", "Art of the tench.")
                .Select(static finding => finding.Position)
        );
        Assert.Equal(
            ["ends with 'of'"],
            AuditedPrompts
                .Of(PromptFault.Cut, "tench", "a tench", "a photo of a tench and")
                .Select(static finding => finding.Detail.Replace("and", "of", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void AnAnswerThatThePromptWriterKeptIsWholeWithoutAnEndMark()
    {
        Prompt caption = new(
            "a photo of a tench",
            "model:m",
            new("A caption of an image of a tench:", 0, "m", 1, 50, "a photo of a tench")
        );
        Prompt sentence = new("A tench is green.", "by hand");

        Assert.Empty(
            PromptAudit
                .Create(new PromptSet([new("tench", [sentence, sentence with { Text = "A tench is wet." }, caption])]))
                .Findings
        );
        Assert.Single(
            PromptAudit
                .Create(
                    new PromptSet([
                        new("tench", [sentence, sentence with { Text = "A tench is wet." }, caption with { Provenance = null }]),
                    ])
                )
                .Findings
        );
    }

    [Theory]
    [InlineData("elephant", "has 'A elephant'", "A elephant is large.")]
    [InlineData("unicorn", "has 'an unicorn'", "This is an unicorn.")]
    [InlineData("hourglass", "has 'a hourglass'", "This is a hourglass.")]
    [InlineData("SUV", "has 'a \"orange'", "This is a \"orange\" SUV.")]
    [InlineData("cliff", "has 'a an'", "A cliff is a an abrupt slope.")]
    [InlineData("cliff", "has 'the the'", "This is the the cliff.")]
    [InlineData("jeans", "has 'A jeans', which is a plural", "A jeans is a pair of trousers.")]
    [InlineData("parallel bars", "has 'a parallel bars', which is a plural", "This photo is of a parallel bars.")]
    public void AWrongArticleIsFound(string className, string detail, string sentence) =>
        Assert.Equal(detail, AuditedPrompts.Detail(PromptFault.WrongArticle, className, sentence));

    [Theory]
    [InlineData(
        "tench",
        "An hour with a unicorn, an SUV, a one-way street and an heir.|Vitamin A is in an egg.|Plan A or plan B.|It is a herb, "
            + "or an herb.|The A-frame is an unusual tent.|This is a FAQ, or an FAQ.|A is a letter."
    )]
    [InlineData("jeans", "This is a jeans pocket.|A pair of jeans is blue.|The jeans are blue.")]
    [InlineData("gnocchi", "A gnocchi is a small dumpling.")]
    [InlineData("bus", "A bus is a vehicle.")]
    public void ARightArticleIsNotFound(string className, string sentences) =>
        Assert.All(sentences.Split('|'), sentence =>
            Assert.Equal((null, sentence), (AuditedPrompts.Detail(PromptFault.WrongArticle, className, sentence), sentence))
        );

    [Theory]
    [InlineData("has a line break", "A tench\nis green.")]
    [InlineData("has a list marker (-)", "- A tench is green.")]
    [InlineData("has a list marker (1.)", "1. A tench is green.")]
    [InlineData("has a list marker (a))", "a) A tench is green.")]
    [InlineData("has a list marker (•)", "• A tench is green.")]
    [InlineData("has a list marker (:-)", "A tench is:-green.")]
    [InlineData("has a list marker (#)", "#A tench is green.")]
    [InlineData("has HTML (<p>)", "<p>A tench is green.")]
    [InlineData("has HTML (&amp;)", "A tench &amp; a carp.")]
    [InlineData("has Markdown (**)", "A **tench** is green.")]
    [InlineData("has Markdown (*tench*)", "A *tench* is green.")]
    [InlineData("has Markdown ([tench](a))", "A [tench](a) is green.")]
    [InlineData("has a token of a language model (<|endoftext|>)", "A tench is green.<|endoftext|>")]
    [InlineData("has a control character", "A tench\u0007 is green.")]
    [InlineData("has a label (Caption:)", "Caption: A tench is green.")]
    [InlineData("has a stray sign at its beginning (?)", "?A tench is green.")]
    [InlineData("has words run together (peakThe)", " peakThe photo shows a tench.")]
    [InlineData("has words run together (tench?Some)", "What is a tench?Some tenches are green.")]
    [InlineData("has words run together (fishTench)", " fishTench live in ponds.")]
    [InlineData("has words run together (toastedEnglish)", "A tench on a toastedEnglish muffin.")]
    [InlineData("is program code", " do\n  it \"should be a tench\" do\n    expect(tench).")]
    [InlineData("is program code", "tench_length = fish.get(0); return;")]
    public void WhatIsNoLanguageIsMarkup(string detail, string sentence) =>
        Assert.Equal(detail, AuditedPrompts.Detail(PromptFault.Markup, "tench", sentence));

    [Theory]
    [InlineData("A tench is 3 - 5 kg, at -5 °C, and has a V-shaped tail.")]
    [InlineData("On YouTube, McDonald's iPhone showed LinkedIn and a PowerPoint: PlayStation.")]
    [InlineData("A tench (Tinca tinca) weighs < 4 kg & is > 20 cm; 50 % of them are green*.")]
    [InlineData("A tench is snake_case in C#, at 12:30, in the ratio 3:1.")]
    [InlineData("\"A tench\" is what one calls it...")]
    [InlineData(".5 litres of tench.")]
    [InlineData("  A tench with a space in front.")]
    [InlineData("The end of the line is the beginning of a class; let them do it.")]
    public void PlainLanguageIsNoMarkup(string sentence) =>
        Assert.Null(AuditedPrompts.Detail(PromptFault.Markup, "tench", sentence));

    [Fact]
    public void WhatTheModelDoesNotReadToItsEndIsTooLongByItsOwnTokenizer()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(SharedFolder.Need("data", "clip-bpe"));
        // Start, end and 75 words of a token each are 77.
        string fits = string.Join(' ', Enumerable.Repeat("cat", 75)),
            tooLong = fits + " cat";
        PromptSet prompts = AuditedPrompts.Set(("cat", [fits, tooLong]));

        PromptFinding finding = Assert.Single(
            PromptAudit.Create(prompts, new() { Tokenizer = tokenizer }).Findings,
            static finding => finding.Fault == PromptFault.TooLong
        );

        Assert.Equal((1, "has more than the 77 tokens that the model reads"), (finding.Position, finding.Detail));
        Assert.DoesNotContain(PromptAudit.Create(prompts).Findings, static finding => finding.Fault == PromptFault.TooLong);
    }

    [Fact]
    public void WhatIsTooLongForAnyModelIsSaidSoAndNotLookedAt()
    {
        PromptFinding[] findings =
        [
            .. PromptAudit.Create(AuditedPrompts.Set(("cat", [new('x', 5000), new string('x', 4000) + "."]))).Findings,
        ];

        Assert.Equal(
            (PromptFault.TooLong, "has 5000 characters, of which no model reads 4000; nothing else was examined"),
            (findings[0].Fault, findings[0].Detail)
        );
        Assert.Equal(2, findings.Length);
    }

    [Fact]
    public void FindingsStandInTheOrderOfClassesAndPromptsAndNameBoth()
    {
        PromptSet prompts = AuditedPrompts.Set(("zebra", ["A zebra is striped.", "A elephant and."]), ("ant", ["It depends."]));

        Assert.Equal(
            [
                ("zebra", 1, PromptFault.NoClassName),
                ("zebra", 1, PromptFault.Cut),
                ("zebra", 1, PromptFault.WrongArticle),
                ("ant", 0, PromptFault.Refusal),
                ("ant", 0, PromptFault.NoClassName),
            ],
            PromptAudit.Create(prompts).Findings.Select(static finding => (finding.ClassName, finding.Position, finding.Fault))
        );
        Assert.All(PromptAudit.Create(prompts).Findings, finding =>
            Assert.Equal(prompts[finding.ClassName][finding.Position], finding.Prompt)
        );
    }
}
