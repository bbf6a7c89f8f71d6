using Cupola.Tests;

[assembly: AssemblyFixture(typeof(TestFolder))]

namespace Cupola.Tests;

/// <summary>Where tests write: one folder for the whole run, which goes with it.</summary>
public sealed class TestFolder : IDisposable
{
    private static readonly string Root = Directory.CreateTempSubdirectory("cupola-tests-").FullName;

    /// <summary>A new empty folder.</summary>
    public static string New() => Directory.CreateDirectory(Path.Combine(Root, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>The path of a file that is not there yet.</summary>
    public static string NewFile(string name) => Path.Combine(New(), name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
