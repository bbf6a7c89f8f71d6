using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>Labeled examples on the command line: <c>classify --examples</c> and <c>evaluate --examples</c>.</summary>
public sealed class FewShotTests
{
    private const string Labels = "red,green,blue";

    [Theory]
    [InlineData("5", 3, "so that none is left to judge by; name other images, or draw fewer.")]
    [InlineData("1,5", 0, "With --shots 5 each image is an example too, so that none is left to judge by.")]
    public void Where_each_image_is_an_example_none_is_judged(string shots, int exitCode, string words)
    {
        string images = Squares(perLabel: 2, seed: 1);

        Tool.Run run = Tool.Start(
            "evaluate",
            images,
            "--examples",
            images,
            "--shots",
            shots,
            "--draws",
            "1",
            "--format",
            "json",
            "--no-cache"
        );

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_choice_is_the_first_line_and_the_saved_classifier_answers_alike()
    {
        string examples = Squares(perLabel: 3, seed: 1),
            images = Squares(perLabel: 2, seed: 2),
            file = TestFolder.NewFile("colors.safetensors");
        Tool.Run made = Tool.Start(
            "classify",
            images,
            "--labels",
            Labels,
            "--examples",
            examples,
            "--method",
            "tip-adapter",
            "--alpha",
            "2",
            "--beta",
            "3.5",
            "--save-classifier",
            file,
            "--format",
            "json",
            "--no-cache"
        );
        Assert.Equal((0, 7), (made.ExitCode, made.Lines.Length));
        JsonElement choice = JsonDocument.Parse(made.Lines[0]).RootElement;
        Assert.Equal("tip-adapter", choice.GetProperty("method").GetString());
        Assert.Equal(2, choice.GetProperty("alpha").GetDouble());
        Assert.InRange(
            choice.GetProperty("expected").GetDouble(),
            choice.GetProperty("expectedLow").GetDouble(),
            choice.GetProperty("expectedHigh").GetDouble()
        );
        Assert.Contains(
            "Method tip-adapter (alpha 2, beta 3.5), judged by 9 examples of 3 labels",
            made.Error,
            StringComparison.Ordinal
        );
        Tool.Run loaded = Tool.Start("classify", images, "--classifier", file, "--format", "json");
        Assert.Equal(made.Lines.Skip(1), loaded.Lines);
    }

    [Fact]
    public void Without_labels_those_of_the_examples_are_chosen_from_and_a_page_shows_the_nearest()
    {
        string examples = Squares(perLabel: 3, seed: 1),
            page = TestFolder.NewFile("why.html");
        Tool.Run run = Tool.Start(
            "classify",
            Squares(perLabel: 1, seed: 2),
            "--examples",
            examples,
            "--explain",
            page,
            "--format",
            "json",
            "--no-cache"
        );
        Assert.Equal((0, 4), (run.ExitCode, run.Lines.Length));
        Assert.Contains("\"label\":\"blue\"", run.Lines[1], StringComparison.Ordinal);
        Assert.Contains("The examples that are most like it", File.ReadAllText(page), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_a_sentence()
    {
        string one = Squares(perLabel: 1, seed: 1),
            images = Squares(perLabel: 1, seed: 2);
        Refuses(2, "There is no method 'nearest'", "--examples", one, "--method", "nearest");
        Refuses(2, "name a folder of them by --examples", "--labels", Labels, "--alpha", "1");
        Refuses(2, "--method auto chooses its factors itself", "--examples", one, "--alpha", "1");
        Refuses(2, "gda has no --beta", "--examples", one, "--method", "gda", "--beta", "1");
        Refuses(2, "omit --examples or --multi-label", "--examples", one, "--multi-label");
        Refuses(3, "needs two examples of some label", "--examples", one, "--method", "gda");
        Refuses(
            3,
            "needs examples of every label, and 1 have none",
            "--labels",
            "red,green,blue,black",
            "--examples",
            one,
            "--method",
            "class-mean"
        );
        Refuses(2, "--alpha is a number from 0 to 1000000", "--examples", one, "--method", "gda", "--alpha", "1e308");
        Refuses(2, "--beta is a number from 0 to 1000000", "--examples", one, "--method", "proker", "--beta", "1e308");
        // As many folders as labels, and not as many: none is taken for another.
        Refuses(3, "has examples of 'blue', 'green', 'red', and", "--labels", "cat,dog,cow", "--examples", one);
        Refuses(3, "has examples of 'blue', 'green', 'red', and", "--labels", "cat,dog,cow,bird", "--examples", one);

        void Refuses(int code, string sentence, params string[] options)
        {
            Tool.Run run = Tool.Start(["classify", images, "--no-cache", .. options]);
            Assert.Equal(code, run.ExitCode);
            Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
            Assert.Empty(run.Output);
        }
    }

    [Fact]
    public void Examples_are_named_as_the_labels_or_as_the_folders_that_are_judged()
    {
        string images = Renamed(Squares(perLabel: 2, seed: 1)),
            pool = Renamed(Squares(perLabel: 1, seed: 2));
        // ImageNet's folders are in the order of its names: n0 is blue, n1 green and n2 red.
        string[] command = ["evaluate", images, "--labels", "blue,green,red", "--shots", "1", "--draws", "1", "--no-cache"];
        Tool.Run alike = Tool.Start([.. command, "--examples", pool, "--format", "json"]);
        Assert.Equal(0, alike.ExitCode);
        Assert.Equal(1, Top1(alike, "class-mean"));

        Tool.Run numbered = Tool.Start([
            .. command,
            "--examples",
            Renamed(Squares(perLabel: 1, seed: 2), ""),
            "--format",
            "json",
        ]);
        Assert.Equal(0, numbered.ExitCode);
        Assert.Equal(1, Top1(numbered, "class-mean"));

        File.Copy(
            Directory.EnumerateFiles(Path.Combine(pool, "n2")).First(),
            Path.Combine(Directory.CreateDirectory(Path.Combine(pool, "n3")).FullName, "more.png")
        );
        Tool.Run more = Tool.Start([.. command, "--examples", pool, "--format", "json"]);
        Assert.Equal((0, 1), (more.ExitCode, Top1(more, "class-mean")));
        Assert.Contains("are left out, because their labels are not among the 3", more.Error, StringComparison.Ordinal);

        static double Top1(Tool.Run run, string method) =>
            run.Json.First(line => line.GetProperty("method").GetString() == method).GetProperty("top1").GetDouble();

        static string Renamed(string folder, string before = "n")
        {
            foreach ((int place, string label) in Labels.Split(',').Order(StringComparer.Ordinal).Index())
            {
                Directory.Move(Path.Combine(folder, label), Path.Combine(folder, $"{before}{place}"));
            }

            return folder;
        }
    }

    [Fact]
    public void Where_examples_are_alike_the_default_method_and_the_evaluation_do_without_gda()
    {
        string examples = Squares(perLabel: 2, seed: 1),
            images = Squares(perLabel: 1, seed: 2);
        foreach (string label in Directory.EnumerateDirectories(examples))
        {
            File.Copy(Path.Combine(label, "0.ppm"), Path.Combine(label, "copy.ppm"));
        }

        const string Told = "Gda is not tried: without those that are left out, the examples of every label are alike.";
        Tool.Run run = Tool.Start("classify", images, "--examples", examples, "--format", "json", "--no-cache");
        Assert.Equal((0, 4), (run.ExitCode, run.Lines.Length));
        Assert.Contains(Told, run.Error, StringComparison.Ordinal);

        string[] command = ["evaluate", images, "--examples", examples, "--shots", "1,3", "--draws", "2", "--no-cache"];
        Tool.Run judged = Tool.Start([.. command, "--format", "json"]);
        Assert.Equal(0, judged.ExitCode);
        Assert.Equal(2, judged.Error.Split(Told).Length);
        Assert.DoesNotContain("\"gda\"", judged.Output, StringComparison.Ordinal);
        Assert.Contains("\"shots\":3", judged.Output, StringComparison.Ordinal);

        string[] proker = ["--method", "proker", "--alpha", "1e-18", "--beta", "1"];
        Tool.Run tiny = Tool.Start(["classify", images, "--examples", examples, "--no-cache", .. proker]);
        Assert.Equal((3, ""), (tiny.ExitCode, tiny.Output));
        Assert.StartsWith("ProKeR cannot be worked out with alpha 1E-18", tiny.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_example_that_cannot_be_read_is_told_and_the_rest_is_done()
    {
        string examples = Squares(perLabel: 2, seed: 1);
        File.WriteAllText(Path.Combine(examples, "red", "broken.png"), "no image");
        Tool.Run run = Tool.Start(
            "classify",
            Squares(perLabel: 1, seed: 2),
            "--examples",
            examples,
            "--format",
            "json",
            "--no-cache"
        );
        Assert.Equal((1, 4), (run.ExitCode, run.Lines.Length));
        Assert.Contains("broken.png", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_are_judged_one_by_one_and_then_together()
    {
        string pool = Squares(perLabel: 4, seed: 1),
            images = Squares(perLabel: 5, seed: 2),
            page = TestFolder.NewFile("few.html");
        File.Copy(Directory.EnumerateFiles(Path.Combine(images, "red")).First(), Path.Combine(pool, "red", "same.png"));
        string[] command =
        [
            "evaluate",
            images,
            "--examples",
            pool,
            "--shots",
            "1,3",
            "--draws",
            "2",
            "--format",
            "json",
            "--report",
            page,
            "--no-cache",
        ];
        Tool.Run run = Tool.Start(command);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 image to judge by can be drawn as an example too", run.Error, StringComparison.Ordinal);
        JsonElement[] lines = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] draws = [.. lines.Where(static line => line.TryGetProperty("draw", out _))],
            means = [.. lines.Where(static line => line.TryGetProperty("top1Mean", out _))];
        // One example a label leaves out gda; three take all five methods and auto.
        Assert.Equal((2 * (5 + 6), 5 + 6), (draws.Length, means.Length));
        foreach (JsonElement mean in means)
        {
            double expected = draws
                .Where(draw => Of(draw) == Of(mean))
                .Average(static draw => draw.GetProperty("top1").GetDouble());
            Assert.Equal(expected, mean.GetProperty("top1Mean").GetDouble(), 1e-12);
            Assert.InRange(expected, mean.GetProperty("top1Low").GetDouble(), mean.GetProperty("top1High").GetDouble());
            Assert.True(mean.GetProperty("p").GetDouble() <= mean.GetProperty("pHolm").GetDouble());
        }

        Assert.Contains("linear-probe", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Equal(run.Output, Tool.Start(command).Output);
        Tool.Run wrong = Tool.Start("evaluate", images, "--examples", pool, "--shots", "1,x");
        Assert.Equal(2, wrong.ExitCode);

        static (string?, int) Of(JsonElement line) =>
            (line.GetProperty("method").GetString(), line.GetProperty("shots").GetInt32());
    }

    /// <summary>A folder of red, green and blue squares with noise.</summary>
    private static string Squares(int perLabel, int seed)
    {
        string folder = TestFolder.New();
        Random random = new(seed);
        foreach ((int channel, string label) in Labels.Split(',').Index())
        {
            string ofLabel = Directory.CreateDirectory(Path.Combine(folder, label)).FullName;
            for (int index = 0; index < perLabel; index++)
            {
                byte[] pixels = new byte[32 * 32 * 3];
                for (int place = 0; place < pixels.Length; place++)
                {
                    pixels[place] = (byte)(place % 3 == channel ? random.Next(150, 256) : random.Next(0, 100));
                }

                File.WriteAllBytes(Path.Combine(ofLabel, $"{index}.ppm"), [.. "P6 32 32 255\n"u8, .. pixels]);
            }
        }

        return folder;
    }
}
