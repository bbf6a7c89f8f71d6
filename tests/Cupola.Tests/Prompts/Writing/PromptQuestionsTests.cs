using Cupola.Prompts.Writing;

namespace Cupola.Tests.Prompts.Writing;

public sealed class PromptQuestionsTests
{
    [Fact]
    public void TheArticlesThreeQuestionsAskForThirtyAnswersAClass() =>
        Assert.Equal(
            [
                ("Describe what an hourglass looks like:", 10),
                ("Describe an hourglass:", 10),
                ("What are the identifying characteristics of an hourglass?", 10),
            ],
            PromptQuestions.Read("article").About("hourglass")
        );

    /// <summary>
    /// The number of sentences a class has in CuPL's published files, as far as SuS-X's lists of questions are CuPL's.
    /// </summary>
    [Theory]
    [InlineData("cupl", 50)]
    [InlineData("aircraft", 20)]
    [InlineData("caltech", 30)]
    [InlineData("cars", 90)]
    [InlineData("dtd", 60)]
    [InlineData("food", 30)]
    [InlineData("pets", 20)]
    [InlineData("sun", 30)]
    public void ABuiltInSetAsksForAsManyAnswersAsCuplPublished(string name, int answers) =>
        Assert.Equal(answers, PromptQuestions.Read(name).Questions.Sum(question => question.Answers));

    [Fact]
    public void EveryBuiltInSetAsksAboutEveryKindOfName() =>
        Assert.All(PromptQuestions.Names, name =>
            Assert.All(new[] { "unicorn", "hour", "jeans", "Eiffel Tower", "golf_swing" }, label =>
                Assert.All(PromptQuestions.Read(name).About(label), asked =>
                {
                    Assert.Contains(label.Replace('_', ' '), asked.Question, StringComparison.Ordinal);
                    Assert.DoesNotContain("{", asked.Question, StringComparison.Ordinal);
                    Assert.DoesNotContain("  ", asked.Question, StringComparison.Ordinal);
                })
            )
        );

    [Theory]
    [InlineData("Describe {a} {}:", "jeans", null, "Describe jeans:")]
    [InlineData("Describe {a} {}:", "Eiffel Tower", null, "Describe the Eiffel Tower:")]
    [InlineData(
        "What does {a/an} {} flower look like",
        "globe artichokes",
        null,
        "What does a globe artichokes flower look like"
    )]
    [InlineData("What does {a/an} {} surface look like", "interlaced", null, "What does an interlaced surface look like")]
    [InlineData(
        "Describe what {a} {} looks like:",
        "crane",
        "a type of bird",
        "Describe what a crane, a type of bird, looks like:"
    )]
    [InlineData("Describe {a} {}:", "crane", "a type of bird", "Describe a crane, a type of bird:")]
    [InlineData("A caption of {a} {}", "crane", "a type of bird", "A caption of a crane, a type of bird")]
    [InlineData("Describe {a} {}:", "airport", "satellite photo of", "Describe a satellite photo of an airport:")]
    [InlineData("Describe {a/an} {} field", "oat", "an aerial photo of", "Describe an aerial photo of an oat field")]
    public void AQuestionIsFilledWithNameArticleAndDomain(string question, string label, string? domain, string expected) =>
        Assert.Equal([(expected, 10)], new PromptQuestions([new PromptQuestion(question)]).About(label, domain));

    [Fact]
    public void AnArticleThatSomeoneChoseIsTaken()
    {
        PromptQuestions questions = new PromptQuestions([new PromptQuestion("Describe {a} {}:", 2)]).WithArticles([
            new("Jaguar", "the"),
            new("hour", ""),
        ]);

        Assert.Equal([("Describe the Jaguar:", 2)], questions.About("Jaguar"));
        Assert.Equal([("Describe hour:", 2)], questions.About("hour"));
        Assert.Throws<ArgumentException>(() => questions.WithArticles([new("x", "der")]));
    }

    [Theory]
    [InlineData("""["Describe {a} {}.", {"text": "Draw {}", "answers": 3}]""", 10)]
    [InlineData(
        """{"questions": ["Describe {a} {}.", {"text": "Draw {}", "answers": 3}], "answers": 4, "articles": {"owl": "the"}}""",
        4
    )]
    public void AFileOfQuestionsIsRead(string content, int answers)
    {
        string file = TestFolder.NewFile("questions.json");
        File.WriteAllText(file, content);

        string article = answers == 4 ? "the" : "an";
        Assert.Equal([($"Describe {article} owl.", answers), ("Draw owl", 3)], PromptQuestions.Read(file).About("owl"));
    }

    [Theory]
    [InlineData("[]", "no questions")]
    [InlineData("{}", "not contain a JSON list")]
    [InlineData("[1]", "is not a question")]
    [InlineData("""["Describe it"]""", "exactly once")]
    [InlineData("""["Describe {} and {}"]""", "exactly once")]
    [InlineData("""["Describe {an} {}"]""", "{a/an}")]
    [InlineData("""["A {}", "A {}"]""", "twice")]
    [InlineData("""[{"text": "A {}", "answers": 0}]""", "from 1 to 1000")]
    [InlineData("""{"questions": ["A {}"], "answers": 1.5}""", "not a whole number")]
    [InlineData("""{"questions": ["A {}"], "articles": {"x": "der"}}""", "can be a, an, the, or nothing")]
    [InlineData("""{"questions": ["A {}"], "articles": ["x"]}""", "not a JSON object")]
    [InlineData("nonsense", "not valid JSON")]
    public void AFileThatHoldsNoQuestionsIsRefusedWithItsName(string content, string reason)
    {
        string file = TestFolder.NewFile("questions.json");
        File.WriteAllText(file, content);

        string message = Assert.Throws<InvalidDataException>(() => PromptQuestions.Read(file)).Message;

        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownNameIsAnErrorThatListsTheKnown() =>
        Assert.Contains(
            "article, cupl",
            Assert.Throws<FileNotFoundException>(() => PromptQuestions.Read("cuple")).Message,
            StringComparison.Ordinal
        );
}
