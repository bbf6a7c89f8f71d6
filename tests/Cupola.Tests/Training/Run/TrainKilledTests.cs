using System.Diagnostics;
using Cupola.Tests.Cli;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

/// <summary>A training of two hundred steps that is killed five times, and its twin that is not.</summary>
public sealed class TrainKilledTests(ITestOutputHelper output)
{
    private const int Kills = 5;

    private const int Steps = 200;

    [Fact]
    public void ARunThatIsKilledFiveTimesGivesTheBytesOfAnUndisturbedOne()
    {
        string settings = TestFolder.NewFile("settings.json"),
            undisturbed = TestFolder.NewFile("run"),
            killed = TestFolder.NewFile("run");
        // Checkpoints so often that a kill may fall into one.
        File.WriteAllText(
            settings,
            """
            {
              "batch": 8, "steps": 200, "learningRate": 0.001, "logEvery": 1, "checkpointMinutes": 0.0003, "average": 0.99,
              "smallestArea": 0.5, "colour": 0.2,
              "model": { "imageSize": 16, "imageWidth": 32, "imageLayers": 2, "textWidth": 32, "textLayers": 1,
                "contextLength": 16,
                "vocabulary": 540,
                "embeddingDimension": 16 }
            }
            """
        );
        using (Process run = Launch(settings, undisturbed))
        {
            End(run);
        }

        Random random = new(5);
        List<int> steps = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process run = Launch(settings, killed);
            // The last is in the first half of the steps: a kill may come late. This thread waits itself, as one of the pool
            // that it would wait for may be long in coming while other tests run.
            int target = (kill * Steps / 2 / Kills) + random.Next(2, Steps / 2 / Kills);
            while (StepsLogged(killed) < target && !run.HasExited)
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(random.Next(20));
            Assert.False(run.HasExited, "The run ended before it could be killed.");
            run.Kill();
            run.WaitForExit();
            steps.Add(StepsLogged(killed));
        }

        using (Process run = Launch(settings, killed))
        {
            End(run);
        }

        output.WriteLine($"killed after {string.Join(", ", steps)} logged steps");
        Assert.Equal(Bytes(undisturbed).Model, Bytes(killed).Model);
        Assert.Equal(Bytes(undisturbed).Checkpoint, Bytes(killed).Checkpoint);
        Assert.Equal(Log(undisturbed), Log(killed));
        Assert.Equal(Enumerable.Range(1, Steps), Log(killed).Select(static line => (int)line.Step));
    }

    private static Process Launch(string settings, string run) =>
        Tool.Launch([], "train", Table, "-o", run, "--config", settings, "--threads", "2");

    private static void End(Process run)
    {
        string error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, error);
    }

    private static int StepsLogged(string run)
    {
        string log = Path.Combine(run, "log.jsonl");
        if (!File.Exists(log))
        {
            return 0;
        }

        using FileStream stream = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Count(static letter => letter == '\n');
    }
}
