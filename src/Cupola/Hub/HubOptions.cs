namespace Cupola;

/// <summary>
/// Where models are downloaded from and stored. The environment variables and folders are those of the Hugging Face libraries
/// (huggingface_hub, <c>constants.py</c>), so both share one cache.
/// </summary>
public sealed class HubOptions
{
    /// <summary>The folder that contains one folder per model.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The hub's address, or a mirror's.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The access token for gated and private models; sent only to the endpoint's host.</summary>
    public string? Token { get; init; }

    /// <summary>Whether only the cache is used and nothing is requested.</summary>
    public bool Offline { get; init; }

    /// <summary>The pause before the second attempt; it doubles with each attempt.</summary>
    internal TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a connection may be silent before it counts as broken.</summary>
    internal TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether snapshots link to their blobs; if the file system refuses links, files are moved instead.</summary>
    internal bool SymbolicLinks { get; init; } = true;

    /// <summary>
    /// Reads <c>HF_HUB_CACHE</c>, <c>HF_HOME</c> and <c>XDG_CACHE_HOME</c> (the cache folder, in this order, or
    /// <c>~/.cache/huggingface/hub</c>), <c>HF_ENDPOINT</c>, <c>HF_TOKEN</c> (or the file <c>token</c> in <c>HF_HOME</c>, or the
    /// one that <c>HF_TOKEN_PATH</c> names) and <c>HF_HUB_OFFLINE</c>.
    /// </summary>
    /// <exception cref="ArgumentException">A variable has a value that cannot be used; the message names it.</exception>
    public static HubOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static HubOptions From(Func<string, string?> variable)
    {
        string? Named(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
        string Folder(string path) =>
            path is "~" || path.StartsWith("~/", StringComparison.Ordinal)
                ? Path.Join(Named("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
                : path;

        string home = Folder(Named("HF_HOME") ?? Path.Combine(Named("XDG_CACHE_HOME") ?? "~/.cache", "huggingface"));
        return new HubOptions
        {
            CacheFolder = Path.GetFullPath(Folder(Named("HF_HUB_CACHE") ?? Path.Combine(home, "hub"))),
            Endpoint = ReadEndpoint(Named("HF_ENDPOINT") ?? "https://huggingface.co"),
            Token = CheckToken(Named("HF_TOKEN") ?? ReadTokenFile(Folder(Named("HF_TOKEN_PATH") ?? Path.Combine(home, "token")))),
            Offline = Named("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE",
        };
    }

    private static Uri ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? address
            : throw new ArgumentException($"HF_ENDPOINT is '{text}', which is not an http or https address.");

    // A token that cannot be read counts as none: public models need none, and the hub's refusal says what to do.
    private static string? ReadTokenFile(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? CheckToken(string? token) =>
        token is null || token.All(letter => letter is > ' ' and <= '~')
            ? token
            : throw new ArgumentException(
                "The Hugging Face token (HF_TOKEN or the token file) contains white space or characters that no token has."
            );
}
