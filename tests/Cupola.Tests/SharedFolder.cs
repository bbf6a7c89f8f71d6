namespace Cupola.Tests;

/// <summary>
/// Golden numbers, photos and models that are too large for the repository. Where they are absent, smaller ones of the
/// repository's own stand in for them, under the same path in Golden; where there are none, the tests that need them say so and
/// are skipped.
/// </summary>
internal static class SharedFolder
{
    /// <summary>The repository's root: the folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static string Folder { get; } =
        Environment.GetEnvironmentVariable("CUPOLA_SHARED") is { Length: > 0 } named
            ? named
            : Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>A model for tests to which any will do.</summary>
    public static string AnyModel => Find("models", "photo-tiny") ?? Path.Combine(Root, "models", "flags");

    /// <summary>An image for tests to which any will do.</summary>
    public static string AnyImage => Find("data", "photos", "rocket.jpg") ?? Own("pictures", "photo.png");

    /// <summary>A folder of images for tests to which any will do.</summary>
    public static string AnyImages => Find("data", "photos") ?? Own("pictures");

    /// <summary>The full path of something in the folder, or null.</summary>
    public static string? Find(params ReadOnlySpan<string> parts) =>
        Path.Combine([Folder, .. parts]) is { } path && Path.Exists(path) ? path : null;

    /// <summary>The full path of something in the folder or of what stands in for it, or a skipped test.</summary>
    public static string Need(params ReadOnlySpan<string> parts)
    {
        string path = Find(parts) ?? Own(parts);
        Assert.SkipUnless(
            Path.Exists(path),
            $"This test needs {Path.Combine([.. parts])} of the shared folder; set CUPOLA_SHARED to where it lies."
        );
        return path;
    }

    /// <summary>The full path of something among the repository's own golden numbers.</summary>
    public static string Own(params ReadOnlySpan<string> parts) => Path.Combine([AppContext.BaseDirectory, "Golden", .. parts]);

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
