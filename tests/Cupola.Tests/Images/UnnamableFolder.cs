using System.Diagnostics;

namespace Cupola.Tests.Images;

/// <summary>A folder whose name is not UTF-8, which .NET can neither make nor take away.</summary>
internal sealed class UnnamableFolder : IDisposable
{
    /// <summary>The name as .NET reads it.</summary>
    public const string Name = "caf\uFFFD";

    private readonly string _parent;

    /// <summary>Makes it, with an empty file 1.jpg in it.</summary>
    public UnnamableFolder(string parent)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names that are not UTF-8 are Linux's.");
        _parent = parent;
        Run("mkdir \"$name\" && touch \"$name/1.jpg\"");
    }

    public void Dispose() => Run("rm -r \"$name\"");

    private void Run(string command)
    {
        ProcessStartInfo start = new("sh", ["-c", $"name=$(printf 'caf\\351'); {command}"]) { WorkingDirectory = _parent };
        using Process shell = Process.Start(start)!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
