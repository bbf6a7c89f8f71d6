using System.Text.Json;
using Cupola.Tests.Data;

namespace Cupola.Tests.Cli;

/// <summary><c>evaluate</c> as a person starts it.</summary>
public sealed class EvaluateTests
{
    private static string Model => SharedFolder.Need("models", "photo-tiny");

    /// <summary>Right answers of the PyTorch reference with Pillow, and its share of right ones among five.</summary>
    [Theory]
    [InlineData("caltech80", "cal_prompts_full.json")]
    [InlineData("cifar10", "cifar10_prompts_full.json")]
    public void TheFiguresAreTheReferences(string dataset, string file)
    {
        string cupl = SharedFolder.Need("data", "cupl", file);
        JsonElement expected = JsonDocument
            .Parse(File.ReadAllText(SharedFolder.Need("models", "photo-tiny", "expected.json")))
            .RootElement.GetProperty(dataset);
        int images = expected.GetProperty("pictures").GetInt32();

        Tool.Run run = Tool.Start(
            "evaluate",
            SharedFolder.Need("data", "photo-tiny-test", dataset),
            "--template",
            "a photo of a {}.",
            "--prompts",
            cupl,
            "--templates",
            "imagenet-7",
            "--prompts",
            $"imagenet-7+{cupl}",
            "--shuffled",
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(0, run.ExitCode);
        Dictionary<string, JsonElement> sets = Sets(run);
        Assert.Equal(
            [
                "template:a photo of a {}.",
                cupl,
                $"shuffled:{cupl}",
                "imagenet-7",
                $"imagenet-7+{cupl}",
                $"shuffled:imagenet-7+{cupl}",
            ],
            sets.Keys
        );
        foreach (
            (string ours, string theirs) in new[]
            {
                ("template:a photo of a {}.", "simple"),
                ("imagenet-7", "imagenet-7"),
                (cupl, "cupl"),
                ($"imagenet-7+{cupl}", "cupl+imagenet-7"),
            }
        )
        {
            Assert.Equal(images, sets[ours].GetProperty("pictures").GetInt32());
            // Where two of the reference's own logits are equal, rounding decides which is the answer.
            int tied = expected.GetProperty(theirs).GetProperty("closest").GetDouble() == 0 ? 1 : 0,
                right = sets[ours].GetProperty("right").GetInt32();
            Assert.InRange(right - expected.GetProperty(theirs).GetProperty("right").GetInt32(), -tied, tied);
            Assert.Equal((double)right / images, sets[ours].GetProperty("top1").GetDouble(), 1e-12);
            Assert.Equal(
                expected.GetProperty(theirs).GetProperty("top5").GetDouble(),
                sets[ours].GetProperty("top5").GetDouble(),
                5e-7
            );
        }

        JsonElement[] pairs = [.. run.Json.Where(static line => line.TryGetProperty("p", out _))];
        Assert.Equal(15, pairs.Length);
        Assert.All(pairs, pair =>
            Assert.Equal(
                Right(pair, "second") - Right(pair, "first"),
                pair.GetProperty("onlySecondRight").GetInt32() - pair.GetProperty("onlyFirstRight").GetInt32()
            )
        );
        Assert.Equal(
            sets[cupl].GetProperty("sentences").GetInt32(),
            sets[$"shuffled:{cupl}"].GetProperty("sentences").GetInt32()
        );

        int Right(JsonElement pair, string side) => sets[pair.GetProperty(side).GetString()!].GetProperty("right").GetInt32();
    }

    [Fact]
    public void AImageThatCannotBeReadIsNamedAndCountsNowhere()
    {
        string dataset = Dataset("rocket", "cat");
        File.WriteAllText(Path.Combine(dataset, "cat", "broken.jpg"), "no image");

        Tool.Run run = Tool.Start("evaluate", dataset, "--model", Model, "--format", "json");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("broken.jpg", run.Error, StringComparison.Ordinal);
        JsonElement set = Assert.Single(Sets(run)).Value;
        Assert.Equal(
            ("simple", 2, 1),
            (set.GetProperty("prompts").GetString(), set.GetProperty("pictures").GetInt32(), set.GetProperty("failed").GetInt32())
        );
        Assert.Equal("embedding-mean", set.GetProperty("ensemble").GetString());
        foreach (string field in new[] { "top1Low", "top1High", "top5", "meanPerClass", "calibrationError" })
        {
            Assert.InRange(set.GetProperty(field).GetDouble(), 0, 1);
        }
    }

    [Fact]
    public void LabelsWithoutPromptsAreAllListedAndClassesThatAreNoLabelAreNoted()
    {
        string dataset = Dataset("rocket", "cat", "dog"),
            some = Prompts("""{"rocket":["A rocket."],"boat":["A boat."]}"""),
            all = Prompts("""{"rocket":["A rocket."],"cat":["A cat."],"dog":["A dog."],"boat":["A boat."]}""");

        Tool.Run refused = Tool.Start("evaluate", dataset, "--prompts", some, "--model", Model),
            noted = Tool.Start("evaluate", dataset, "--prompts", all, "--model", Model);

        Assert.Equal((3, 0), (refused.ExitCode, noted.ExitCode));
        Assert.Contains("'cat', 'dog'", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
        Assert.Contains("is no label and is left out: boat", noted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsOfTheirOwnTakeTheClassesInOrderWhereNoNameIsTheSame()
    {
        string dataset = Dataset("n01", "n02");

        Tool.Run ordered = Tool.Start("evaluate", dataset, "--labels", "rocket,cat", "--model", Model, "--format", "json");
        Tool.Run named = Tool.Start(
            "evaluate",
            Dataset("rocket", "cat"),
            "--labels",
            "cat,dog,rocket",
            "--model",
            Model,
            "--format",
            "json"
        );
        Tool.Run some = Tool.Start("evaluate", dataset, "--labels", "n01,cat", "--model", Model, "--format", "json");
        Tool.Run none = Tool.Start("evaluate", dataset, "--labels", "rocket,cat,dog", "--model", Model);

        Assert.Equal((0, 0, 0, 3), (ordered.ExitCode, named.ExitCode, some.ExitCode, none.ExitCode));
        Assert.Contains("n01 for rocket, n02 for cat", ordered.Error, StringComparison.Ordinal);
        Assert.Empty(named.Error);
        Assert.Equal(3, Sets(named)["simple"].GetProperty("classes").GetArrayLength());
        Assert.Contains(
            "1 images are left out, because their labels are not among the 2 chosen: 'n02' (1)",
            some.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(1, Sets(some)["simple"].GetProperty("pictures").GetInt32());
        Assert.Contains("None of the 2 classes", none.Error, StringComparison.Ordinal);
        Assert.Contains("'n01', 'n02'", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderATableAndShardsOfTheSameImagesAreJudgedTheSame()
    {
        string folder = TestFolder.New(),
            table = Path.Combine(folder, "birds.csv"),
            labels = Path.Combine(folder, "names.txt");
        string[] classes = ["anchor", "ant", "accordion"];
        List<(string Label, string File)> photos =
        [
            .. classes
                .Order(StringComparer.Ordinal)
                .SelectMany(label =>
                    Directory
                        .EnumerateFiles(SharedFolder.Need("data", "photo-tiny-test", "caltech80", label))
                        .Order(StringComparer.Ordinal)
                        .Take(3)
                        .Select(file => (label, file))
                ),
        ];
        foreach ((string label, string file) in photos)
        {
            Directory.CreateDirectory(Path.Combine(folder, "folders", label));
            File.Copy(file, Path.Combine(folder, "folders", label, Path.GetFileName(file)));
        }

        File.WriteAllLines(labels, classes);
        File.WriteAllLines(table, ["image,label", .. photos.Select(photo => $"{photo.File},{photo.Label}")]);
        string shard = Shard.Write(
            Path.Combine(folder, "birds-0.tar"),
            photos
                .Index()
                .SelectMany(photo =>
                    new[]
                    {
                        ($"{photo.Index}.jpg", File.ReadAllBytes(photo.Item.File)),
                        Shard.Entry($"{photo.Index}.cls", $"{Array.IndexOf(classes, photo.Item.Label)}"),
                    }
                )
        );

        Tool.Run[] runs =
        [
            .. new[] { Path.Combine(folder, "folders"), table, shard, Path.Combine(folder, "birds-{0..0}.tar") }.Select(dataset =>
                Tool.Start("evaluate", dataset, "--labels-file", labels, "--model", Model, "--format", "json")
            ),
        ];

        Assert.All(runs, static run =>
            Assert.Equal((0, 9), (run.ExitCode, Sets(run)["simple"].GetProperty("pictures").GetInt32()))
        );
        Assert.All(runs, run => Assert.Equal(runs[0].Output, run.Output));
        Assert.Contains(
            "numbers are the labels' places, counted from 0: 0 for anchor, 1 for ant, 2 for accordion",
            runs[2].Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ADatasetWithoutImagesIsASentence()
    {
        string empty = TestFolder.New(),
            table = TestFolder.NewFile("empty.csv"),
            shard = Shard.Write(TestFolder.NewFile("numbers.tar"), Shard.Entry("0.jpg", "x"), Shard.Entry("0.cls", "7"));
        string broken = Directory.CreateDirectory(Path.Combine(TestFolder.New(), "cat")).FullName;
        Directory.CreateDirectory(Path.Combine(empty, "cat"));
        File.WriteAllText(table, "image,label\n");
        File.WriteAllText(Path.Combine(broken, "1.jpg"), "no image");

        foreach (
            (string dataset, string sentence) in new[]
            {
                (empty, $"{empty} has no images to judge by."),
                (table, $"{table} has no images to judge by."),
                (shard, "class 7 has none"),
                ("no such folder", "There is no dataset no such folder."),
                (Path.GetDirectoryName(broken)!, "None of the 1 images"),
            }
        )
        {
            Tool.Run run = Tool.Start("evaluate", dataset, "--labels", "cat,dog", "--model", Model);
            Assert.Equal(3, run.ExitCode);
            Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
            Assert.Empty(run.Output);
        }
    }

    [Fact]
    public void APersonReadsTables()
    {
        Tool.Run run = Tool.Start(
            "evaluate",
            Dataset("rocket", "cat"),
            "--template",
            "a {}.",
            "--templates",
            "imagenet-7",
            "--model",
            Model
        );

        Assert.Equal(0, run.ExitCode);
        foreach (
            string text in new[]
            {
                "2 images of 2 classes",
                "top-1",
                "template:a {}.",
                "imagenet-7",
                "McNemar",
                "the worst first",
            }
        )
        {
            Assert.Contains(text, run.Output, StringComparison.Ordinal);
        }

        string[] csv = Tool.Start("evaluate", Dataset("rocket", "cat"), "--model", Model, "--format", "csv").Lines;
        Assert.Equal(2, csv.Length);
        Assert.Equal(csv[0].Split(',').Length, csv[1].Split(',').Length);
    }

    [Fact]
    public void AReportIsOnePageThatNeedsNothingElse()
    {
        string page = TestFolder.NewFile("report.html"),
            dataset = Dataset("rocket", "cat");
        File.WriteAllText(Path.Combine(dataset, "cat", "broken.jpg"), "no image");

        Tool.Run run = Tool.Start(
            "evaluate",
            dataset,
            "--template",
            "a {}.",
            "--templates",
            "imagenet-7",
            "--report",
            page,
            "--model",
            Model,
            "--format",
            "json"
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(3, run.Lines.Length);
        string html = File.ReadAllText(page);
        foreach (
            string text in new[]
            {
                "“a {}.”",
                "50.0 %",
                "Which differences are real",
                "1 image could not be read",
                "broken.jpg",
                "cat/photo.jpg",
                "src=\"data:image/jpeg;base64,",
            }
        )
        {
            Assert.Contains(text, html, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public void APageThatCannotBeWrittenIsRefusedBeforeTheWork()
    {
        string folder = TestFolder.New(),
            missing = Path.Combine(folder, "missing", "report.html");

        Tool.Run run = Tool.Start("evaluate", folder, "--report", missing, "--model", "no such model"),
            onFolder = Tool.Start("classify", "x.jpg", "--labels", "a,b", "--explain", folder, "--model", "no such model");

        Assert.Equal((2, 2), (run.ExitCode, onFolder.ExitCode));
        Assert.Contains(
            $"There is no folder {Path.GetDirectoryName(missing)} to write --report into",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains($"--explain {folder} is a folder", onFolder.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "named twice", "--templates", "imagenet-7", "--templates", "imagenet-7")]
    [InlineData(
        2,
        "--report is about labels and prompts, and --retrieval has neither; omit one of them.",
        "--retrieval",
        "--report",
        "report.html"
    )]
    [InlineData(2, "--weights is about labels and prompts", "--retrieval", "--weights", "zpe")]
    [InlineData(2, "--templates is about labels and prompts", "--retrieval", "--templates", "imagenet-7")]
    [InlineData(2, "--format is table, json or csv, and not 'xml'.", "--format", "xml")]
    [InlineData(2, "--threads is a whole number from 0 to 1024, and not 'two'.", "--threads", "two")]
    [InlineData(2, "templates have none", "--template", "a {}.", "--shuffled")]
    [InlineData(2, "exactly once", "--template", "a photo.")]
    [InlineData(2, "There is no ensemble 'median'", "--ensemble", "median")]
    [InlineData(3, "'no such.json' is neither a built-in set of templates", "--prompts", "imagenet-7+no such.json")]
    [InlineData(3, "There is no file 'no such.json'", "--prompts", "no such.json")]
    public void WhatCannotBeComparedIsRefusedBeforeAnyModelIsRead(int code, string sentence, params string[] options)
    {
        Tool.Run run = Tool.Start(["evaluate", TestFolder.New(), .. options, "--model", "no such model"]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    /// <summary>A folder a label, with one photo in each.</summary>
    private static string Dataset(params string[] labels)
    {
        string folder = TestFolder.New();
        foreach (string label in labels)
        {
            Directory.CreateDirectory(Path.Combine(folder, label));
            File.Copy(SharedFolder.Need("data", "photos", "rocket.jpg"), Path.Combine(folder, label, "photo.jpg"));
        }

        return folder;
    }

    private static string Prompts(string json)
    {
        string file = TestFolder.NewFile("prompts.json");
        File.WriteAllText(file, json);
        return file;
    }

    private static Dictionary<string, JsonElement> Sets(Tool.Run run) =>
        run
            .Json.Where(static line => line.TryGetProperty("prompts", out _))
            .ToDictionary(static line => line.GetProperty("prompts").GetString()!);
}
