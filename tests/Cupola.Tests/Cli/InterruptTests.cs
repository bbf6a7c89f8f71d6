using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cupola.Tests.Cli;

/// <summary>Ctrl-C, as a terminal sends it, and SIGTERM, as schedulers and containers do.</summary>
public sealed partial class InterruptTests
{
    private const int Images = 3000;

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task AStoppedCommandEndsWithItsOwnCodeAndWhatWasPrintedIsWholeLines(int signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process could send to another alone.");
        string photo = SharedFolder.AnyImage;
        // More images than anyone waits for.
        ProcessStartInfo start = Tool.InterruptibleCommand([
            "classify",
            .. Enumerable.Repeat(photo, Images),
            "--labels",
            "a rocket,a cat",
            "--model",
            SharedFolder.AnyModel,
            "--format",
            "json",
        ]);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        string first = (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal(0, Kill(process.Id, signal));
        string rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(code, process.ExitCode);
        Assert.Equal("Stopped; the answers so far are whole.\n", await error);
        Assert.EndsWith("\n", rest, StringComparison.Ordinal);
        string[] lines = [first, .. rest.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.InRange(lines.Length, 1, Images - 1);
        Assert.All(lines, line =>
            Assert.Equal(2, JsonDocument.Parse(line).RootElement.GetProperty("predictions").GetArrayLength())
        );
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int process, int signal);
}
