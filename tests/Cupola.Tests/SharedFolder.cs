namespace Cupola.Tests;

/// <summary>Golden numbers, photos and models that are too large for the repository; where they are absent, the tests that need them say so and are skipped.</summary>
internal static class SharedFolder
{
    /// <summary>The repository's root: the folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static string Folder { get; } =
        Environment.GetEnvironmentVariable("CUPOLA_SHARED") is { Length: > 0 } named ? named : Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>The full path of something in the folder, or a skipped test.</summary>
    public static string Need(params ReadOnlySpan<string> parts)
    {
        string path = Path.Combine([Folder, .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"This test needs {Path.Combine([.. parts])} of the shared folder; set CUPOLA_SHARED to where it lies.");
        return path;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cupola.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run below the repository's root.");
    }
}
