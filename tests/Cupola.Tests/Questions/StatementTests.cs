using Cupola.Questions;

namespace Cupola.Tests.Questions;

/// <summary>
/// Statements that rules make of questions of VQAv2's kind. In Golden/questions, <c>tuned.txt</c> are those by which rules were
/// mended; <c>held-out.txt</c> was written before the rules and never used for that, so that what differs there stays;
/// <c>later.txt</c> was written after both.
/// </summary>
public sealed class StatementTests
{
    [Theory]
    [InlineData("tuned.txt", 140)]
    [InlineData("held-out.txt", 57)]
    [InlineData("later.txt", 50)]
    public void QuestionsAndAnswersBecomeTheSentencesThatAPersonExpects(string file, int least)
    {
        string[][] lines = [.. File.ReadLines(SharedFolder.Own("questions", file)).Select(static line => line.Split('|'))];
        string[] different =
        [
            .. lines
                .Select(static line => (Line: line, Statement: new QuestionStatements(line[0]).Of(line[1])[0]))
                .Where(static each => each.Statement != each.Line[2])
                .Select(static each => $"{each.Line[0]} {each.Line[1]}: {each.Statement}, expected {each.Line[2]}"),
        ];

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', different));
        Assert.True(lines.Length - different.Length >= least, string.Join('\n', different));
    }

    [Theory]
    [InlineData("WHAT COLOR IS THE CAR?", "red", "The color of the car is red.")]
    [InlineData("what   colour is the car", "red", "The color of the car is red.")]
    [InlineData("What’s the man holding?", "a frisbee", "The man is holding a frisbee.")]
    [InlineData("Isn't this a dog?", "yes", "This is a dog.")]
    [InlineData("How many dogs are there?", "2", "There are two dogs.")]
    [InlineData("How many dogs are there?", "one", "There is one dog.")]
    [InlineData("How many dogs are there?", "0", "There are no dogs.")]
    [InlineData("How many women are on the bus?", "1", "There is one woman on the bus.")]
    [InlineData("Is there a dog?", "no", "There is no dog.")]
    [InlineData("Is the woman on the right taller than the man?", "no", "The woman on the right is not taller than the man.")]
    [InlineData("Is the man in the picture happy?", "yes", "The man in the picture is happy.")]
    [InlineData("Is that a dog or a cat?", "cat", "That is a cat.")]
    [InlineData("Is that a dog or a cat?", "neither", "The answer to the question \"is that a dog or a cat?\" is neither.")]
    public void FormsOfQuestionsAreTold(string question, string answer, string statement) =>
        Assert.Equal(statement, new QuestionStatements(question).Of(answer)[0]);

    [Theory]
    [InlineData("Tell me about the picture")]
    [InlineData("Wie viele Hunde sind zu sehen?")]
    [InlineData("why")]
    [InlineData("{thing} {answer}?")]
    [InlineData("What is that (the [red] one) +*\\?")]
    public void AQuestionOfNoKnownFormStillBecomesASentenceThatHoldsTheAnswer(string question) =>
        Assert.All(new QuestionStatements(question).Of("frisbee"), static statement =>
        {
            Assert.Contains("frisbee", statement, StringComparison.Ordinal);
            Assert.EndsWith(".", statement, StringComparison.Ordinal);
            Assert.DoesNotContain('{', statement);
        });

    [Fact]
    public void EveryStatementHoldsItsAnswer()
    {
        string[] questions =
        [
            .. new[] { "tuned.txt", "held-out.txt", "later.txt" }
                .SelectMany(static file => File.ReadLines(SharedFolder.Own("questions", file)))
                .Select(static line => line.Split('|')[0]),
        ];
        Assert.Equal(250, questions.Length);
        foreach (string answer in new[] { "umbrella", "7", "black and white", "New York", "playing tennis", "on the table" })
        {
            Assert.All(questions, question =>
                Assert.All(new QuestionStatements(question).Of(answer), statement =>
                    Assert.True(StatementWriter.Holds(statement, answer), $"{question} {answer}: {statement}")
                )
            );
        }
    }

    [Fact]
    public void ALongQuestionTakesNoTime() =>
        Assert.Contains(
            "red",
            new QuestionStatements("Is the " + string.Join(' ', Enumerable.Repeat("very big dog in the house", 2000))).Of("red")[
                0
            ],
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("What color is the car?", "red", "dog")]
    [InlineData("How many dogs are there?", "3", "red")]
    [InlineData("Is there a dog?", "yes", "3")]
    [InlineData("What animal is this?", "dog", "red")]
    [InlineData("Is the bus red or green?", "green", "yes")]
    public void AVocabularyGivesTheAnswersOfTheQuestionsKind(string question, string has, string lacks)
    {
        IReadOnlyList<string> answers = AnswerVocabulary.Common.Find(question);
        Assert.Contains(has, answers);
        Assert.DoesNotContain(lacks, answers);
    }
}
