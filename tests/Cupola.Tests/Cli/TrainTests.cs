using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cupola.Tests.Training.Run;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Cli;

/// <summary><c>train</c> as a person starts it.</summary>
public sealed partial class TrainTests
{
    /// <summary>SIGINT of POSIX.</summary>
    private const int Interrupt = 2;

    private static readonly string[] Fields = ["step", "epoch", "loss", "logitScale", "learningRate", "pairsPerSecond"];

    private static readonly Lazy<string> Settings = new(() =>
    {
        string path = TestFolder.NewFile("settings.json");
        File.WriteAllText(
            path,
            TrainingSettingsFile.ToJson(TrainingFixture.Settings with { Steps = null, Epochs = 4 }).ToJsonString()
        );
        return path;
    });

    [Fact]
    public void TrainingTellsEachLoggedStepAndLeavesAModelThatClassifies()
    {
        string run = TestFolder.NewFile("run");

        Tool.Run trained = Tool.Start(
            "train",
            Table,
            "-o",
            run,
            "--config",
            Settings.Value,
            "--format",
            "json",
            "--threads",
            "2"
        );

        Assert.Equal(0, trained.ExitCode);
        Assert.Equal(12, trained.Lines.Length);
        Assert.All(trained.Lines, line =>
            Assert.Equal(Fields, JsonDocument.Parse(line).RootElement.EnumerateObject().Select(static field => field.Name))
        );
        Assert.Equal(trained.Lines, File.ReadAllLines(Path.Combine(run, "log.jsonl")));
        Assert.Equal($"Trained 12 of 12 steps; the model is in {run}.\n", trained.Error);
        Tool.Run classified = Tool.Start(
            "classify",
            Path.Combine(Path.GetDirectoryName(Table)!, "0.bmp"),
            "--labels",
            "a red disc,a blue star",
            "--model",
            run,
            "--format",
            "json"
        );
        Assert.Equal(0, classified.ExitCode);
        Assert.Equal(
            2,
            JsonDocument.Parse(Assert.Single(classified.Lines)).RootElement.GetProperty("predictions").GetArrayLength()
        );

        // Nothing is left to do, and nothing is told twice.
        Tool.Run again = Tool.Start("train", Table, "-o", run, "--format", "json");
        Assert.Equal((0, ""), (again.ExitCode, again.Output));
    }

    [Fact]
    public void EvaluationAndValidationAreTold()
    {
        string run = TestFolder.NewFile("run"),
            labeled = TestFolder.New();
        foreach ((string label, int image) in new[] { ("red", 0), ("red", 6), ("green", 1) })
        {
            Directory.CreateDirectory(Path.Combine(labeled, label));
            File.Copy(Path.Combine(Path.GetDirectoryName(Table)!, $"{image}.bmp"), Path.Combine(labeled, label, $"{image}.bmp"));
        }

        Tool.Run trained = Tool.Start(
            "train",
            Table,
            "-o",
            run,
            "--config",
            Settings.Value,
            "--validation",
            WriteTable(10),
            "--evaluate",
            labeled,
            "--evaluate-by",
            "template:a {} disc"
        );

        Assert.Equal((0, ""), (trained.ExitCode, trained.Output));
        LoggedEvaluation[] lines = [.. TrainingLog<LoggedEvaluation>.Read(Path.Combine(run, "evaluations.jsonl"))];
        Assert.Equal([3L, 6, 9, 12], lines.Select(static line => line.Step));
        Assert.All(lines, static line =>
        {
            Assert.Equal(3, line.Images);
            Assert.InRange(line.ValidationLoss!.Value, 0.01, 20);
            Assert.InRange(line.Top1!.Value, line.Top1Low!.Value, line.Top1High!.Value);
        });
        Assert.Contains(" Top-1 ", trained.Error, StringComparison.Ordinal);
        Assert.Contains(" of 3 images.", trained.Error, StringComparison.Ordinal);

        // Data that is named anew judges the finished run.
        Tool.Run again = Tool.Start("train", Table, "-o", run, "--validation", WriteTable(12));
        Assert.Equal(0, again.ExitCode);
        Assert.Matches(@"\nEvaluated now: Validation loss \d\.\d{3}\.\n$", again.Error);
    }

    [Fact]
    public async Task CtrlCSavesTheRunAndItGoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        string run = TestFolder.NewFile("run"),
            undisturbed = TestFolder.NewFile("run");
        string[] arguments =
        [
            "train",
            Table,
            "--config",
            Settings.Value,
            "--steps",
            "400",
            "--format",
            "json",
            "--threads",
            "2",
            "-o",
        ];
        Task<Tool.Run> other = Task.Run(() => Tool.Start([.. arguments, undisturbed]), TestContext.Current.CancellationToken);
        using Process process = Process.Start(Tool.InterruptibleCommand([.. arguments, run]))!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, KillAtTheFirstLine(process));
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Matches(
            $"^Stopped after step [0-9]+ of 400; the checkpoint is in {run}, and the same command goes on from there\\.\n$",
            await error
        );
        Assert.InRange(Log(run).Count, 1, 399);
        Assert.Equal(0, Tool.Start([.. arguments, run]).ExitCode);
        Assert.Equal(0, (await other).ExitCode);
        Assert.Equal(Bytes(undisturbed).Model, Bytes(run).Model);
    }

    [Theory]
    [InlineData(2, "'batch' is 1; each pair is told from the others", "--batch", "1")]
    [InlineData(2, "'patience' stops when evaluations get no better, and there are none", "--patience")]
    [InlineData(2, "--evaluate-by says what is said of labels, and there are none", "--evaluate-by", "imagenet-7")]
    [InlineData(3, "There are no settings nowhere.json.", "--config", "nowhere.json")]
    [InlineData(3, "There is no model nowhere", "--init", "nowhere")]
    public void WhatCannotBeTrainedIsASentence(int code, string sentence, params string[] arguments)
    {
        string patient = TestFolder.NewFile("settings.json");
        File.WriteAllText(patient, """{ "patience": 3 }""");
        string[] given = arguments is ["--patience"] ? ["--config", patient] : arguments;

        Tool.Run run = Tool.Start(["train", Table, "-o", TestFolder.NewFile("run"), .. given]);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void OtherSettingsThanTheRunsAreRefusedAndThoseThatAreLeftOutAreItsOwn()
    {
        string run = TrainingFixture.Train(TrainingFixture.Settings);

        Assert.Contains(
            "other settings (steps 10, not 20)",
            Tool.Start("train", Table, "-o", run, "--steps", "20").Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AModelBetweenTwoIsWritten()
    {
        string start = TrainingFixture.Train(TrainingFixture.Settings with { Steps = 1 }),
            fineTuned = TrainingFixture.Train(TrainingFixture.Tuning(start) with { Steps = 2 });
        string between = TestFolder.NewFile("between");

        Assert.Equal(0, Tool.Start("models", "interpolate", start, fineTuned, "--alpha", "0", "-o", between).ExitCode);

        Assert.Equal(Bytes(start).Model, File.ReadAllBytes(Path.Combine(between, "model.safetensors")));
        Assert.Equal(2, Tool.Start("models", "interpolate", start, fineTuned, "--alpha", "7", "-o", TestFolder.New()).ExitCode);
        Tool.Run comma = Tool.Start("models", "interpolate", start, fineTuned, "--alpha", "0,5", "-o", TestFolder.New());
        Assert.Contains("--alpha is a number from 0 to 1, and not '0,5'.", comma.Error, StringComparison.Ordinal);
        Tool.Run again = Tool.Start("models", "interpolate", start, fineTuned, "-o", start);
        Assert.Equal(3, again.ExitCode);
        Assert.Contains("holds something already", again.Error, StringComparison.Ordinal);
    }

    /// <summary>On this thread from the line to the kill: one of the pool may come late while other tests run.</summary>
    private static int KillAtTheFirstLine(Process process)
    {
        Assert.NotNull(process.StandardOutput.ReadLine());
        return Kill(process.Id, Interrupt);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
