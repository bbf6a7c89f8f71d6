using System.Diagnostics;
using Cupola.Cli;
using Cupola.Tests.Cli;
using Cupola.Training.Run;
using static Cupola.Tests.Training.Run.TrainingFixture;

namespace Cupola.Tests.Training.Run;

/// <summary>A disk that fills up while a model learns: a small tmpfs.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void AFullDiskIsASentenceAndTheRunGoesOnFromItsLastCheckpointWhenThereIsRoom()
    {
        string disk = TestFolder.New();
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk),
            "Only root on Linux can make a small disk for this test."
        );
        try
        {
            string run = Path.Combine(disk, "run"),
                settings = Path.Combine(disk, "settings.json"),
                filler = Path.Combine(disk, "filler");
            File.WriteAllText(settings, TrainingSettingsFile.ToJson(Settings with { Steps = 60 }).ToJsonString());
            using (Trainer trainer = Open(run, Settings with { Steps = 60 }))
            {
                // Room for what is there, and not for another checkpoint beside it.
                string message = FailureSentence.Write(
                    Assert.Throws<RunWriteException>(() =>
                        trainer.Run(
                            new Heard<TrainingProgress>(made => Fill(made.Step, filler)),
                            cancellationToken: TestContext.Current.CancellationToken
                        )
                    )
                );
                Assert.Contains("The run cannot be written after step 5 (", message, StringComparison.Ordinal);
                Assert.Contains(
                    "the checkpoint of step 4 is whole: put that right, and the same command goes on from there",
                    message,
                    StringComparison.Ordinal
                );
            }

            Assert.Empty(Directory.EnumerateFiles(run, "*.unfinished"));
            Tool.Run full = Tool.Start("train", Table, "-o", run);
            Assert.True(full.ExitCode == 3, $"Exit code {full.ExitCode}: {full.Error}");
            Assert.Contains("the checkpoint of step 4 is whole: put that right", full.Error, StringComparison.Ordinal);
            Assert.Single(full.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

            File.Delete(filler);
            Assert.Equal(0, Tool.Start("train", Table, "-o", run).ExitCode);
            string undisturbed = Train(Settings with { Steps = 60 });
            Assert.Equal(Bytes(undisturbed).Checkpoint, Bytes(run).Checkpoint);
            Assert.Equal(Log(undisturbed), Log(run));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    private static void Fill(long made, string filler)
    {
        if (made == 5)
        {
            try
            {
                using FileStream file = File.Create(filler);
                byte[] block = new byte[1 << 10];
                while (true)
                {
                    file.Write(block);
                    file.Flush();
                }
            }
            catch (IOException)
            {
                // The disk is full.
            }
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(command, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
