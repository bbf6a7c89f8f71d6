using System.Diagnostics;
using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>The command line as a person starts it: a process of its own.</summary>
internal static class Tool
{
    /// <summary>What a run said.</summary>
    internal sealed record Run(int ExitCode, string Output, string Error)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        /// <summary>Each line as JSON.</summary>
        public IEnumerable<JsonElement> Json => Lines.Select(static line => JsonDocument.Parse(line).RootElement);
    }

    public static Run Start(params string[] arguments) => StartWithInput("", arguments);

    public static Run StartWithInput(string input, params string[] arguments) => Start(input, [], arguments);

    public static Run StartWith(Dictionary<string, string> environment, params string[] arguments) =>
        Start("", environment, arguments);

    /// <summary>How the tool is started, its streams redirected.</summary>
    public static ProcessStartInfo Command(string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cupola.Cli.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

    /// <summary>
    /// The same where Ctrl-C must reach it, also if these tests run behind something else: a shell lets jobs in the background
    /// ignore Ctrl-C, and what they start does so too.
    /// </summary>
    public static ProcessStartInfo InterruptibleCommand(string[] arguments)
    {
        ProcessStartInfo start = Command(arguments);
        if (OperatingSystem.IsLinux() && IsInterruptIgnored())
        {
            start.ArgumentList.Insert(0, "--default-signal=INT");
            start.ArgumentList.Insert(1, start.FileName);
            start.FileName = "env";
        }

        return start;
    }

    /// <summary>Starts a run and does not wait for its end.</summary>
    public static Process Launch(Dictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = Command(arguments);
        // No run finds what another one kept, unless a test says so.
        start.Environment["CUPOLA_CACHE"] = TestFolder.New();
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Whether this process ignores SIGINT, the second of the signals whose bits Linux shows.</summary>
    private static bool IsInterruptIgnored()
    {
        const string name = "SigIgn:";
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return (Convert.ToUInt64(line[name.Length..].Trim(), 16) & 2) != 0;
    }

    private static Run Start(string input, Dictionary<string, string> environment, string[] arguments)
    {
        using Process process = Launch(environment, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
