namespace Cupola.Files;

/// <summary>Where this user's files lie that can be made again.</summary>
internal static class UserCache
{
    /// <summary>
    /// A folder in the one that the environment variable <c>CUPOLA_CACHE</c> names, or else in <c>cupola</c> in the user's folder
    /// for caches (<c>XDG_CACHE_HOME</c> or <c>~/.cache</c>, <c>~/Library/Caches</c> on macOS, the local application data on
    /// Windows).
    /// </summary>
    public static string Folder(string name) => Folder(name, Environment.GetEnvironmentVariable);

    /// <summary>The same as variables say.</summary>
    public static string Folder(string name, Func<string, string?> variable)
    {
        string? Named(string key) => variable(key)?.Trim() is { Length: > 0 } value ? value : null;
        string Home() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string cache = Named("CUPOLA_CACHE")
            ?? Path.Combine(
                Named("XDG_CACHE_HOME")
                    ?? (
                        OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                        : OperatingSystem.IsMacOS() ? Path.Combine(Home(), "Library", "Caches")
                        : Path.Combine(Home(), ".cache")
                    ),
                "cupola"
            );
        return Path.GetFullPath(Path.Combine(cache, name));
    }
}
