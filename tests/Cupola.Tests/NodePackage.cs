using System.ComponentModel;
using System.Diagnostics;

namespace Cupola.Tests;

/// <summary>
/// Packages of npm that tests ask: tests/NAME with a lock file of its own, installed once below artifacts. Where Node.js or the
/// packages are not to be had, tests that need them are skipped with a sentence.
/// </summary>
internal static class NodePackage
{
    /// <summary>The folder with the packages in it; what was installed by an earlier run is taken.</summary>
    /// <param name="name">The folder's name below tests.</param>
    /// <param name="what">What is installed, for the sentence.</param>
    public static string Install(string name, string what)
    {
        string source = Path.Combine(SharedFolder.Root, "tests", name),
            target = Path.Combine(SharedFolder.Root, "artifacts", name);
        Directory.CreateDirectory(target);
        bool isSame =
            File.Exists(Path.Combine(target, "node_modules", ".package-lock.json"))
            && File.Exists(Path.Combine(target, "package-lock.json"))
            && File.ReadAllText(Path.Combine(target, "package-lock.json"))
                == File.ReadAllText(Path.Combine(source, "package-lock.json"));
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        if (!isSame)
        {
            (int code, _, string error) = Run(
                target,
                OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
            );
            Assert.SkipWhen(code != 0, $"This test needs {what}, which npm cannot install: {error.Trim().Split('\n')[^1]}");
        }

        return target;
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output, string Error) Run(string folder, string program, string[] arguments)
    {
        using Process process = Start(folder, program, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Starts a program, its output redirected.</summary>
    public static Process Start(string folder, string program, string[] arguments)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    WorkingDirectory = folder,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }
            )!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"This test needs {program}, which is not there (Node.js 20 brings it).");
            throw;
        }
    }
}
