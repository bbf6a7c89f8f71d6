using System.Diagnostics;

namespace Cupola.Tests;

/// <summary>Runs a test again in a process in which nothing else has run.</summary>
internal static class OwnProcess
{
    private const string Mark = "CUPOLA_TEST_OF_ITS_OWN";

    /// <summary>Whether this is that process.</summary>
    public static bool IsThis => Environment.GetEnvironmentVariable(Mark) is not null;

    /// <summary>Starts it for a test of a class, and fails as it does.</summary>
    public static void Run(Type fixture, string test)
    {
        string[] arguments = [typeof(OwnProcess).Assembly.Location, "-method", $"{fixture.FullName}.{test}", "-noColor"];
        ProcessStartInfo start = new("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[Mark] = "1";
        foreach (string runner in start.Environment.Keys.Where(IsOfRunner).ToArray())
        {
            start.Environment.Remove(runner);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {output}{error.GetAwaiter().GetResult()}");
        Assert.Contains("Total: 1", output, StringComparison.Ordinal);
    }

    /// <summary>What would tell the process to report to the runner of this one.</summary>
    private static bool IsOfRunner(string variable) =>
        variable.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal)
        || variable.StartsWith("DOTNET_TEST", StringComparison.Ordinal);
}
