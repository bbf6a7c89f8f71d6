using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Cupola.Tests.Cli;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Collectives;

/// <summary>Ranks of which one is gone, sees something else or cannot go on: the job ends, and says why once.</summary>
public sealed class MpiFailureTests
{
    /// <summary>Longer than any of these jobs takes to end, shorter than a job that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("openmpi", 1, 1)]
    [InlineData("openmpi", 0, 4)]
    [InlineData("mpich", 1, 3)]
    [InlineData("mpich", 0, 2)]
    public async Task WhereARankIsKilledTheJobEndsAndAnyNumberGoesOn(string family, int victim, int next)
    {
        TrainingSettings settings = Settings with
        {
            Batch = 16,
            Steps = 120,
            Memory = new() { MicroBatchSize = 2, MicroBatchTokens = 20 },
        };
        string run = TestFolder.NewFile("run"),
            file = Write(settings);
        using (Process job = MpiProgram.LaunchTool(family, 2, [], "train", Table, "-o", run, "--config", file, "--threads", "1"))
        {
            int process = 0;
            while (process == 0 && !job.HasExited)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                process = MpiProgram.ProcessOf(victim, run);
            }

            using (Process rank = Process.GetProcessById(process))
            {
                while (!rank.HasExited && !IsUnderWay(run))
                {
                    await Task.Delay(1, TestContext.Current.CancellationToken);
                }

                Assert.False(rank.HasExited, "The rank ended before it could be killed.");
                rank.Kill();
            }

            Task<Tool.Run> ended = Task.Run(() => MpiProgram.Wait(job), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, (await ended.WaitAsync(Patience, TestContext.Current.CancellationToken)).ExitCode);
        }

        Tool.Run resumed = MpiProgram.Start(family, next, [], "train", Table, "-o", run, "--config", file, "--threads", "1");

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        string undisturbed = Train(settings);
        Assert.Equal(Bytes(undisturbed).Model, Bytes(run).Model);
        Assert.Equal(Bytes(undisturbed).Checkpoint, Bytes(run).Checkpoint);
        Assert.Equal(Log(undisturbed), Log(run));
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public void ARankThatSeesOtherPairsIsNamed(string family)
    {
        string run = TestFolder.NewFile("run"),
            other = WriteTable(29),
            file = Write(Settings);
        Tool.Run said = MpiProgram.StartEach(
            family,
            ["train", Table, "-o", run, "--config", file],
            ["train", other, "-o", run, "--config", file]
        );

        Assert.Equal(3, said.ExitCode);
        Assert.Contains("Rank 1 on ", said.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"sees other pairs than rank 0 on {Environment.MachineName}: 29 of ",
            said.Error,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void ARankWithOtherSettingsIsNamed()
    {
        string run = TestFolder.NewFile("run");
        Tool.Run said = MpiProgram.StartEach(
            "openmpi",
            ["train", Table, "-o", run, "--config", Write(Settings)],
            ["train", Table, "-o", run, "--config", Write(Settings with { Seed = 8 })]
        );

        Assert.Equal(3, said.ExitCode);
        Assert.Contains("has other settings than rank 0", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARankThatAloneCannotReadTheDataEndsAllAndSaysWhy()
    {
        string run = TestFolder.NewFile("run"),
            file = Write(Settings);
        Tool.Run said = MpiProgram.StartEach(
            "mpich",
            ["train", Table, "-o", run, "--config", file],
            ["train", "nowhere.csv", "-o", run, "--config", file]
        );

        Assert.Equal(3, said.ExitCode);
        Assert.Contains($"Rank 1 on {Environment.MachineName}: ", said.Error, StringComparison.Ordinal);
        Assert.Contains("nowhere.csv", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public void ALossThatIsNoNumberIsSaidOnce(string family)
    {
        string run = TestFolder.NewFile("run");
        TrainingSettings settings = Settings with
        {
            Optimizer = new() { LearningRate = 1e30, WarmUp = 0 },
        };
        Tool.Run said = MpiProgram.Start(family, 2, [], "train", Table, "-o", run, "--config", Write(settings));

        Assert.Equal(3, said.ExitCode);
        Assert.Single(said.Error.Split('\n'), static line =>
            line.Contains("Training went astray at step", StringComparison.Ordinal)
        );
        Assert.True(File.Exists(Path.Combine(run, "checkpoint.safetensors")));
    }

    [Theory]
    [InlineData("/nowhere/libmpi.so", @"no MPI library can be loaded \(/nowhere/libmpi\.so\)")]
    [InlineData("libm.so.6", @"libm\.so\.6 is no MPI library")]
    [InlineData(
        "libmpich.so.12",
        @"The launcher started 2 ranks \(OMPI_COMM_WORLD_RANK=[01], OMPI_COMM_WORLD_SIZE=2\), but libmpich"
    )]
    public void ALibraryThatIsNotTheLaunchersIsASentence(string library, string sentence)
    {
        Assert.SkipUnless(
            !library.StartsWith("libmpich", StringComparison.Ordinal) || NativeLibrary.TryLoad(library, out _),
            "This test needs the libraries of both families, which eng/install-schedulers installs on Debian."
        );
        Tool.Run said = MpiProgram.Start(
            "openmpi",
            2,
            new() { ["CUPOLA_MPI"] = library },
            "train",
            Table,
            "-o",
            TestFolder.NewFile("run"),
            "--config",
            Write(Settings)
        );

        Assert.Equal(3, said.ExitCode);
        Assert.Matches(sentence, said.Error);
        Assert.Contains("CUPOLA_MPI", said.Error, StringComparison.Ordinal);
    }

    /// <summary>The rank waits for a hub that does not answer, and the other one for that rank.</summary>
    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task WhereARankIsAskedToEndBeforeTheFirstStepTheJobSaysSoAndEnds(string family)
    {
        string run = TestFolder.NewFile("run");
        using TcpListener hub = new(IPAddress.Loopback, 0);
        hub.Start();
        using Process job = MpiProgram.LaunchTool(
            family,
            2,
            new() { ["HF_ENDPOINT"] = $"http://{hub.LocalEndpoint}", ["HF_HOME"] = TestFolder.New() },
            ["train", Table, "-o", run, "--init", "openai/clip-vit-base-patch32"]
        );
        using TcpClient asked = await hub.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, InterruptTests.Kill(MpiProgram.ProcessOf(0, run), 15));
        Tool.Run ended = await Task.Run(() => MpiProgram.Wait(job), TestContext.Current.CancellationToken)
            .WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains(
            "Stopped before the first step; what was there before is as it was.",
            ended.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at Cupola", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARankThatIsNoneIsASentence()
    {
        Tool.Run said = Tool.StartWith(
            new() { ["PMI_RANK"] = "2", ["PMI_SIZE"] = "2" },
            "train",
            Table,
            "-o",
            TestFolder.NewFile("run")
        );

        Assert.Equal(3, said.ExitCode);
        Assert.Contains("PMI_RANK=2 and PMI_SIZE=2, which is no rank among ranks", said.Error, StringComparison.Ordinal);
    }

    private static string Write(TrainingSettings settings)
    {
        string file = TestFolder.NewFile("settings.json");
        File.WriteAllText(file, TrainingSettingsFile.ToJson(settings).ToJsonString());
        return file;
    }

    private static bool IsUnderWay(string run)
    {
        string log = Path.Combine(run, "log.jsonl");
        if (!File.Exists(log))
        {
            return false;
        }

        using FileStream stream = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Count(static letter => letter == '\n') >= 5;
    }
}
