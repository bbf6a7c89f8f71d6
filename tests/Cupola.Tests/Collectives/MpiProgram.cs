using System.Collections.Concurrent;
using System.Diagnostics;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Collectives;

/// <summary>Programs that a real mpirun starts, of either family.</summary>
internal static class MpiProgram
{
    private static readonly ConcurrentDictionary<string, Lazy<string?>> Problems = new(StringComparer.Ordinal);

    /// <summary>The tool on several ranks.</summary>
    public static Tool.Run Start(string family, int ranks, Dictionary<string, string> environment, params string[] arguments)
    {
        using Process process = LaunchTool(family, ranks, environment, arguments);
        return Wait(process);
    }

    /// <summary>The program of these tests on several ranks.</summary>
    public static Tool.Run StartTests(string family, int ranks, params string[] arguments)
    {
        using Process process = Launch(
            family,
            ranks,
            [],
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "Cupola.Tests.dll"), .. arguments]
        );
        return Wait(process);
    }

    /// <summary>Starts the tool on several ranks, and does not wait for its end.</summary>
    public static Process LaunchTool(
        string family,
        int ranks,
        Dictionary<string, string> environment,
        params string[] arguments
    ) => Launch(family, ranks, environment, ["dotnet", ToolPath, .. arguments]);

    /// <summary>Starts different command lines, one for each rank.</summary>
    public static Tool.Run StartEach(string family, params string[][] ofRanks)
    {
        List<string> arguments = [];
        foreach (string[] rank in ofRanks)
        {
            arguments.AddRange([.. arguments.Count == 0 ? Array.Empty<string>() : [":"], "-n", "1", "dotnet", ToolPath, .. rank]);
        }

        using Process process = Launch(family, [], [.. arguments]);
        return Wait(process);
    }

    public static Tool.Run Wait(Process process)
    {
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>The processes of a run, by rank: those below a launcher whose environment says so.</summary>
    public static int ProcessOf(int rank, string mark) =>
        Process
            .GetProcessesByName("dotnet")
            .Where(process => IsRank(process.Id, rank, mark))
            .Select(static process => process.Id)
            .FirstOrDefault();

    private static string ToolPath => Path.Combine(AppContext.BaseDirectory, "Cupola.Cli.dll");

    private static bool IsRank(int process, int rank, string mark)
    {
        try
        {
            string[] environment = File.ReadAllText($"/proc/{process}/environ").Split('\0');
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(mark, StringComparison.Ordinal)
                && environment.Any(variable => variable == $"OMPI_COMM_WORLD_RANK={rank}" || variable == $"PMI_RANK={rank}");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Process Launch(string family, int ranks, Dictionary<string, string> environment, string[] program) =>
        Launch(family, environment, ["-n", $"{ranks}", .. program]);

    private static Process Launch(string family, Dictionary<string, string> environment, string[] arguments)
    {
        ProcessStartInfo start = Command(Find(family), arguments);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>As in a container: root, more ranks than cores, and no process may read another's memory.</summary>
    private static ProcessStartInfo Command(string launcher, string[] arguments)
    {
        ProcessStartInfo start = new(launcher, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMPI_MCA_rmaps_base_oversubscribe"] = "1";
        start.Environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none";
        start.Environment["CUPOLA_CACHE"] = TestFolder.New();
        return start;
    }

    /// <summary>Debian names both families' launchers apart; elsewhere one of them is <c>mpirun</c>.</summary>
    private static string Find(string family)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? path = folders.Select(folder => Path.Combine(folder, $"mpirun.{family}")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"This test needs mpirun.{family}, which eng/install-schedulers installs on Debian.");
        string? problem = Problems.GetOrAdd(path!, static path => new(() => FindProblem(path))).Value;
        Assert.SkipWhen(problem is not null, $"This test needs an mpirun.{family} that starts programs; here it says: {problem}");
        return path!;
    }

    /// <summary>What a launcher says that cannot start anything on this machine; null of one that can.</summary>
    private static string? FindProblem(string launcher)
    {
        using Process process = Process.Start(Command(launcher, ["-n", "2", "true"]))!;
        Tool.Run run = Wait(process);
        return run.ExitCode == 0 ? null : (run.Output + run.Error).Trim();
    }
}
