using System.Diagnostics;
using Cupola.Tests.Collectives;

namespace Cupola.Tests.Cli;

/// <summary>Shards under the launchers themselves, where they are installed (eng/install-schedulers).</summary>
public sealed class SchedulerTests
{
    private readonly ShardBench _bench = new();

    /// <summary>An array job of which two tasks are killed and requeued, and one whose tasks have two processes each.</summary>
    [Fact]
    public void ASlurmOfThisMachineEmbedsShards()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "This test needs Slurm, which runs on Linux.");
        Assert.SkipWhen(!Environment.IsPrivilegedProcess, "This test starts the daemons of Slurm, which takes root.");
        (int code, string output, string error) = Run(
            Path.Combine(SharedFolder.Root, "tests", "slurm", "check"),
            Path.Combine(AppContext.BaseDirectory, "Cupola.Cli.dll")
        );
        Assert.SkipWhen(code == 77, $"This test needs Slurm: {output.Trim()}");

        Assert.True(code == 0, output + error);
        Assert.Contains("Both are the file of one process, byte for byte.", output, StringComparison.Ordinal);
        Assert.Contains(
            "SLURM_ARRAY_TASK_ID=7, SLURM_ARRAY_TASK_MIN=3, SLURM_ARRAY_TASK_COUNT=2",
            output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("openmpi", "OMPI_COMM_WORLD_RANK=2, OMPI_COMM_WORLD_SIZE=3")]
    [InlineData("mpich", "PMI_RANK=2, PMI_SIZE=3")]
    public void RanksOfMpirunDivideTheShards(string family, string told)
    {
        string[] paths = _bench.Paint(5);
        string[] lists = [.. paths.Select((path, index) => _bench.List($"{index}.txt", [path]))];
        ShardBench.Images(lists, Path.Combine(_bench.Folder, "one"));

        (int code, string output, string error) = MpiProgram.Start(
            family,
            3,
            [],
            ["embed", "images", "--shards", .. lists, "-o", _bench.Out, "--format", "json"]
        );

        Assert.True(code == 0, output + error);
        Assert.Contains($"Process 2 of 3, counted from 0 ({told}): 1 of 5 shards, the first 2.", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
        Assert.Equal(5, output.Split("\"skipped\":false").Length - 1);
        Assert.Equal(_bench.Merged(Path.Combine(_bench.Folder, "one"), "one.npy"), _bench.Merged(_bench.Out, "many.npy"));
    }

    private static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"This test needs {program}, which eng/install-schedulers installs.");
            throw;
        }
    }
}
