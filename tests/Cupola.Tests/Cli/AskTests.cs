using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>What <c>ask</c> and <c>evaluate --questions</c> print, and what they say of bad input.</summary>
public sealed class AskTests
{
    private static string Photo => SharedFolder.AnyImage;

    [Fact]
    public void AnswersAreRankedWithTheirStatementsAndTheRestIsDoneWhereAnImageFails()
    {
        Tool.Run run = Tool.Start("ask", Photo, "no.png", "What color is the sky?", "--answers", "red,blue", "--format", "json");

        Assert.Equal(1, run.ExitCode);
        JsonElement[] lines = [.. run.Json];
        Assert.Equal(Photo, lines[0].GetProperty("image").GetString());
        Assert.Equal("What color is the sky?", lines[0].GetProperty("question").GetString());
        JsonElement[] answers = [.. lines[0].GetProperty("answers").EnumerateArray()];
        Assert.Equal(1, answers.Sum(static answer => answer.GetProperty("probability").GetDouble()), 1e-5);
        Assert.True(answers[0].GetProperty("probability").GetDouble() >= answers[1].GetProperty("probability").GetDouble());
        JsonElement red = answers.Single(static answer => answer.GetProperty("answer").GetString() == "red");
        Assert.Equal("The color of the sky is red.", red.GetProperty("statement").GetString());
        Assert.Equal(
            ["The color of the sky is red.", "The sky is red."],
            red.GetProperty("statements").EnumerateArray().Select(static each => each.GetString()!)
        );
        Assert.Equal("There is no file no.png.", lines[1].GetProperty("error").GetString());
    }

    [Fact]
    public void AVocabularyOrTheQuestionItselfGivesTheAnswers()
    {
        string list = TestFolder.NewFile("answers.txt");
        File.WriteAllText(list, "red\n3\ndog\nyes\nblue\ncat\n");

        Assert.Equal(["blue", "red"], Answers("What color is it?", "--vocabulary", list));
        Assert.Equal(["cat", "dog"], Answers("What animal is this?", "--vocabulary", list));
        Assert.Equal(["no", "yes"], Answers("Is it raining?", "--vocabulary", list));
        // ViLT's list is an object by number, one of which is missing (dandelin/ViLT issue 39).
        string numbered = TestFolder.NewFile("vqa_dict.json");
        File.WriteAllText(numbered, """{"0": "net", "1": "", "3": "pitcher", "4": "red"}""");
        Assert.Equal(["net", "pitcher"], Answers("What is this?", "--vocabulary", numbered));
        Assert.Equal(["green", "red"], Answers("Is the bus red or green?"));
        Assert.Equal(["no", "yes"], Answers("Is the dog black or black?"));
        Assert.Equal(["no", "yes"], Answers("Is it red or black and?"));
        Assert.Equal(5, Answers("How many dogs are there?").Length);
    }

    [Theory]
    [InlineData(2, "has no answers to choose from", "IMAGE", "What is it?", "--answers", "")]
    [InlineData(2, "is empty", "IMAGE", "What is it?", "--answers", "red,,blue")]
    [InlineData(2, "answers must differ", "IMAGE", "What is it?", "--answers", "red,red")]
    [InlineData(2, "There is no question", "IMAGE", " ?", "--answers", "red,blue")]
    [InlineData(2, "is alone", "IMAGE")]
    [InlineData(2, "The question comes last", "What is it?", "IMAGE")]
    [InlineData(2, "by --endpoint too", "IMAGE", "What is it?", "--answers", "a,b", "--llm", "x")]
    [InlineData(2, "by --llm too", "IMAGE", "What is it?", "--answers", "a,b", "--endpoint", "http://127.0.0.1:1/v1")]
    [InlineData(3, "There is no file", "IMAGE", "What is it?", "--vocabulary", "none.txt")]
    public void WhatCannotBeAskedIsASentence(int code, string sentence, params string[] arguments)
    {
        Tool.Run run = Tool.Start(["ask", .. arguments.Select(static word => word == "IMAGE" ? Photo : word)]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// Two questions, by hand: nine of ten say 1, one says 2 and "one" is 1 too, so that any answer's accuracy is known.
    /// </summary>
    [Fact]
    public void QuestionsAndAnnotationsInVqasFormAreEvaluatedBesideTwoThatSeeNoImage()
    {
        (string images, string questions, string annotations) = Vqa();

        Tool.Run run = Tool.Start(
            "evaluate",
            images,
            "--questions",
            questions,
            "--annotations",
            annotations,
            "--no-cache",
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        JsonElement[] lines = [.. run.Json];
        Assert.Equal(2, lines[0].GetProperty("questions").GetInt32());
        // Yes and no have 0.9 and 1; of the colors, red has 1.
        Assert.Equal(1, lines[0].GetProperty("reachable").GetDouble(), 1e-9);
        JsonElement yesNo = lines.Single(static line =>
            line.TryGetProperty("answerer", out JsonElement who)
            && who.GetString() == "model"
            && line.GetProperty("group").GetString() == "answerType"
            && line.GetProperty("name").GetString() == "yes/no"
        );
        Assert.Contains(yesNo.GetProperty("accuracy").GetDouble(), new[] { 0.9, 1 });
        // "Red" and "yes" are given once each, so that red is taken for both, and is right for the first.
        Assert.Equal(0.5, lines.First(static line => Is(line, "mostFrequent")).GetProperty("accuracy").GetDouble());
        Assert.Equal(2, lines.Count(static line => line.TryGetProperty("second", out _)));

        static bool Is(JsonElement line, string answerer) =>
            line.TryGetProperty("answerer", out JsonElement who) && who.GetString() == answerer;
    }

    [Fact]
    public void ATableOfQuestionsIsEvaluatedAsFarAsItCanBe()
    {
        (string images, _, _) = Vqa();
        string table = TestFolder.NewFile("questions.csv");
        File.WriteAllText(
            table,
            """
            image,question,answer,choices
            1,"What color is the sky, if any?",red,red|blue
            COCO_val2014_000000000002.png,Is it day?,yes,
            1,Is it day?,,
            7,Is it day?,no,
            """
        );

        Tool.Run run = Tool.Start("evaluate", images, "--questions", table, "--no-cache", "--format", "csv");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 4: it has an empty answer", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 image is not in the folder, and its questions are left out: 7.", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("answerer,group,name,questions,accuracy,low,high", run.Output, StringComparison.Ordinal);
        Assert.Contains("model,all,all,2,", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AQuestionThatCannotBeAskedIsToldAndTheOthersAreAnswered()
    {
        (string images, _, string annotations) = Vqa();
        string table = TestFolder.NewFile("questions.csv");
        File.WriteAllText(
            table,
            """
            image,question,answer,choices
            1,What color is the sky?,red,
            1,?,red,
            2,Is the dog black or black?,yes,
            2,Is it red or and and?,yes,
            """
        );
        Tool.Run run = Tool.Start("evaluate", images, "--questions", table, "--no-cache", "--format", "json");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("000000000001.png, '?': There is no question;", run.Error, StringComparison.Ordinal);
        Assert.Equal((3, 1), Counts(run));

        string odd = TestFolder.NewFile("odd.json");
        File.WriteAllText(
            odd,
            """
            {"questions": [{"image_id": 1, "question": "", "question_id": 10},
             {"image_id": 2, "question": "Is it day?", "question_id": 20, "multiple_choices": ["yes", "no"]},
             {"image_id": 1, "question": "What is it?", "question_id": 20, "multiple_choices": ["red", ""]},
             {"image_id": 1, "question": "Where is it?", "question_id": 20, "multiple_choices": []}]}
            """
        );
        Tool.Run vqa = Tool.Start(
            "evaluate",
            images,
            "--questions",
            odd,
            "--annotations",
            annotations,
            "--no-cache",
            "--format",
            "json"
        );
        Assert.Equal(1, vqa.ExitCode);
        Assert.Equal((1, 3), Counts(vqa));
        Assert.Contains("An answer to 'What is it?' is empty", vqa.Error, StringComparison.Ordinal);
        Assert.Contains("'Where is it?' has no answers to choose from", vqa.Error, StringComparison.Ordinal);

        static (int Questions, int Failed) Counts(Tool.Run run)
        {
            JsonElement first = run.Json.First();
            return (first.GetProperty("questions").GetInt32(), first.GetProperty("failed").GetInt32());
        }
    }

    [Fact]
    public void AQuestionIsNeverAskedAboutAnotherImageOfTheSameName()
    {
        string images = TestFolder.New();
        foreach (string file in new[] { "1.png", "a/2.png", "b/2.png" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(images, file))!);
            File.Copy(Photo, Path.Combine(images, file));
        }

        string table = TestFolder.NewFile("questions.csv");
        File.WriteAllText(
            table,
            "image,question,answer\n1,Is it day?,yes\nnotthere/1.png,Is it day?,yes\n2,Is it day?,yes\nb/2.png,Is it day?,yes\n"
        );
        Tool.Run run = Tool.Start("evaluate", images, "--questions", table, "--no-cache", "--format", "json");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "1 image is not in the folder, and its questions are left out: notthere/1.png.",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "1 name is shared by several images, and the questions are left out: 2; '2' may be",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, run.Json.First().GetProperty("questions").GetInt32());
    }

    [Fact]
    public void FilesThatDoNotBelongTogetherAreRefused()
    {
        (string images, string questions, string annotations) = Vqa();
        string other = TestFolder.NewFile("other.json");
        File.WriteAllText(
            other,
            File.ReadAllText(annotations).Replace("\"question_id\":", "\"question_id\":77", StringComparison.Ordinal)
        );
        string empty = TestFolder.New();

        Refuse(2, "name the file of their annotations by --annotations", images, questions);
        Refuse(3, "has annotations of other questions", images, questions, "--annotations", other);
        Refuse(3, "has no list of questions", images, annotations, "--annotations", annotations);
        Refuse(3, "has no list of annotations", images, questions, "--annotations", questions);
        Refuse(3, "2 images are not in the folder", empty, questions, "--annotations", annotations);
        Refuse(2, "is about labels and prompts", images, questions, "--annotations", annotations, "--labels", "a,b");

        static void Refuse(int code, string sentence, string images, string questions, params string[] more)
        {
            Tool.Run run = Tool.Start(["evaluate", images, "--questions", questions, .. more]);
            Assert.Equal(code, run.ExitCode);
            Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private static string[] Answers(string question, params string[] more) =>
        [
            .. Tool.Start(["ask", Photo, question, "--format", "json", .. more])
                .Json.Single()
                .GetProperty("answers")
                .EnumerateArray()
                .Select(static answer => answer.GetProperty("answer").GetString()!)
                .Order(StringComparer.Ordinal),
        ];

    private static (string Images, string Questions, string Annotations) Vqa()
    {
        string folder = TestFolder.New(),
            images = TestFolder.New();
        File.Copy(Photo, Path.Combine(images, "COCO_val2014_000000000001.png"));
        File.Copy(Photo, Path.Combine(images, "COCO_val2014_000000000002.png"));
        string questions = Path.Combine(folder, "questions.json"),
            annotations = Path.Combine(folder, "annotations.json");
        File.WriteAllText(
            questions,
            """
            {"questions": [{"image_id": 1, "question": "What color is the sky?", "question_id": 10},
             {"image_id": 2, "question": "Is it day?", "question_id": 20}]}
            """
        );
        string[] red = [.. Enumerable.Repeat("red", 9), "blue"],
            yes = [.. Enumerable.Repeat("yes", 7), .. Enumerable.Repeat("no", 3)];
        File.WriteAllText(
            annotations,
            JsonSerializer.Serialize(
                new
                {
                    annotations = new[]
                    {
                        Annotation(10, "what color is the", "other", red),
                        Annotation(20, "is it", "yes/no", yes),
                    },
                }
            )
        );
        return (images, questions, annotations);

        static object Annotation(int id, string question, string type, string[] given) =>
            new
            {
                question_id = id,
                question_type = question,
                answer_type = type,
                answers = given.Select(static (answer, index) => new { answer, answer_id = index + 1 }),
            };
    }
}
