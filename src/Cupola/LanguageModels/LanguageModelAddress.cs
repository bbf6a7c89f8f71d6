namespace Cupola.LanguageModels;

/// <summary>
/// Where a server takes questions: behind the address that a person named, or behind its <c>/v1</c>, whichever answers.
/// </summary>
internal sealed class LanguageModelAddress
{
    private const string Completions = "/chat/completions";

    private readonly Uri[] _candidates;
    private volatile int _current;

    /// <summary>The address of a server.</summary>
    /// <param name="endpoint">
    /// The address that <c>/chat/completions</c> follows, or that ends with it; a query, as Azure wants it, stays at the end.
    /// </param>
    public LanguageModelAddress(Uri endpoint)
    {
        string path = endpoint.AbsolutePath.TrimEnd('/');
        bool isWhole = path.EndsWith(Completions, StringComparison.OrdinalIgnoreCase);
        bool hasVersion =
            isWhole
            || endpoint.Segments.Any(static part =>
                part is ['v' or 'V', >= '0' and <= '9', ..] || part.StartsWith("deployments", StringComparison.OrdinalIgnoreCase)
            );
        string[] paths =
            isWhole ? [path]
            : IsAzure(endpoint) && path.Length == 0 ? [$"/openai/v1{Completions}"]
            : hasVersion ? [path + Completions]
            : [path + Completions, $"{path}/v1{Completions}"];
        _candidates =
        [
            .. paths.Select(each =>
                new UriBuilder(endpoint)
                {
                    Path = each,
                    Fragment = "",
                    UserName = "",
                    Password = "",
                }.Uri
            ),
        ];
    }

    /// <summary>The address that is asked now.</summary>
    public Uri Current => _candidates[_current];

    /// <summary>Whether another address is left to ask where this one is none; from then on it is the current one.</summary>
    public bool TryNext(Uri asked)
    {
        int next = Array.IndexOf(_candidates, asked) + 1;
        if (next >= _candidates.Length)
        {
            return false;
        }

        _current = next;
        return true;
    }

    /// <summary>Whether a server is OpenAI's own.</summary>
    public static bool IsOpenAi(Uri endpoint) => IsHost(endpoint, "api.openai.com");

    /// <summary>Whether a server is Azure's.</summary>
    public static bool IsAzure(Uri endpoint) => IsHost(endpoint, "azure.com");

    private static bool IsHost(Uri endpoint, string name) =>
        endpoint.Host.Equals(name, StringComparison.OrdinalIgnoreCase)
        || endpoint.Host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase);
}
