using System.Diagnostics;
using System.Runtime.InteropServices;
using Cupola.Tests.Fuzzing;
using Cupola.Tests.Training.Run;

namespace Cupola.Tests.Cli;

/// <summary>A machine on which ONNX Runtime's own library is missing, as after a copy that went wrong.</summary>
public sealed class MachineFailureTests
{
    [Theory]
    [InlineData("embed", "texts", "a dog", "--model", "model")]
    [InlineData("train", "table", "-o", "run")]
    public void AMissingNativeLibraryIsOneSentenceAndExitCodeThree(params string[] arguments)
    {
        string tool = ToolWithoutEngine();
        IEnumerable<string> given = arguments.Select(static argument =>
            argument switch
            {
                "table" => TrainingFixture.Table,
                "model" => FuzzModels.Run,
                _ => argument,
            }
        );
        ProcessStartInfo start = new("dotnet", [Path.Combine(tool, "Cupola.Cli.dll"), .. given])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = TestFolder.New(),
        };
        start.Environment["CUPOLA_CACHE"] = TestFolder.New();
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 3, $"Exit code {process.ExitCode}: {error}");
        string sentence = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("A native library cannot be used on this machine (", sentence, StringComparison.Ordinal);
        Assert.Contains("onnxruntime", sentence, StringComparison.Ordinal);
        Assert.EndsWith("install Cupola anew, in its form for this platform.", sentence, StringComparison.Ordinal);
    }

    /// <summary>The tool and this platform's other libraries.</summary>
    private static string ToolWithoutEngine()
    {
        string from = AppContext.BaseDirectory,
            to = TestFolder.New();
        string natives = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        IEnumerable<string> files = Directory
            .EnumerateFiles(from, "*.dll")
            .Concat(Directory.EnumerateFiles(from, "Cupola.Cli.*"));
        if (Directory.Exists(Path.Combine(from, natives)))
        {
            Directory.CreateDirectory(Path.Combine(to, natives));
            files = files.Concat(Directory.EnumerateFiles(Path.Combine(from, natives)));
        }

        files = files.Where(static file => !Path.GetFileName(file).Contains("onnxruntime.", StringComparison.Ordinal));
        foreach (string file in files.Distinct(StringComparer.Ordinal))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }

        return to;
    }
}
