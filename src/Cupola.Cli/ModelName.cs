namespace Cupola.Cli;

/// <summary>
/// A model on the hub, from whatever people call it: owner/name, open_clip's <c>hf-hub:owner/name</c>, <c>hf://owner/name</c>,
/// the address of its page, OpenAI's ViT-B/32, or open_clip's architecture and tag.
/// </summary>
/// <param name="Hub">owner/name, or owner/name@revision.</param>
/// <param name="File">A file of it that was named, or nothing.</param>
internal sealed record ModelName(string Hub, string? File)
{
    private static readonly string[] Schemes = ["hf-hub:", "hf_hub:", "hf://", "hf:"];

    private static readonly string[] Hosts = ["huggingface.co", "www.huggingface.co", "hf.co"];

    /// <summary>What stands in a page's address between a model's name and a revision.</summary>
    private static readonly string[] Views = ["tree", "blob", "resolve", "raw", "commit"];

    /// <exception cref="FileNotFoundException">It is no name of a model on the hub; the message says what may be
    /// meant.</exception>
    public static ModelName Parse(string text, Uri endpoint)
    {
        string name = text.Trim();
        string? scheme = Array.Find(Schemes, scheme => name.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        if (scheme is not null)
        {
            return FromPath(text, name[scheme.Length..].Trim('/').Split('/'), isPage: false);
        }

        if (Address(name, endpoint) is { } address)
        {
            return FromPath(text, Path(text, address, endpoint), isPage: true);
        }

        if (KnownModels.Find(name) is { } known)
        {
            return new(known, null);
        }

        return ModelHub.IsName(name) && !KnownModels.IsOtherwiseWritten(name) ? new(name, null) : throw Unknown(text);
    }

    /// <summary>The sentence on a name that nothing has, with what may be meant.</summary>
    public static FileNotFoundException Unknown(string text)
    {
        IReadOnlyList<string> near = KnownModels.Near(text);
        string kind = KnownModels.IsArchitecture(text)
            ? $"{text} is an architecture of which there are several models"
            : $"There is no model {text}";
        return new(
            near.Count > 0
                ? $"{kind}; name one by its name on the hub: {string.Join(", ", near)}."
                : $"{kind}: it is no folder, no file, no name on the hub (owner/name), and not built in."
        );
    }

    /// <summary>Whether two names differ in small and capital letters only.</summary>
    public static bool IsOtherwiseWritten(string one, string other) =>
        one != other && one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static Uri? Address(string name, Uri endpoint)
    {
        string[] bare = [.. Hosts, endpoint.Authority];
        string whole = Array.Exists(bare, host => name.StartsWith(host + "/", StringComparison.OrdinalIgnoreCase))
            ? "https://" + name
            : name;
        return whole.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(whole, UriKind.Absolute, out Uri? address)
            ? address
            : null;
    }

    /// <summary>The parts of an address after the hub's own.</summary>
    private static string[] Path(string text, Uri address, Uri endpoint)
    {
        bool isEndpoint = address.Authority.Equals(endpoint.Authority, StringComparison.OrdinalIgnoreCase);
        if (!isEndpoint && !Hosts.Contains(address.Authority, StringComparer.OrdinalIgnoreCase))
        {
            throw new FileNotFoundException(
                $"{text} is no model of the hub at {endpoint.Host}; download its folder and name that."
            );
        }

        string start = endpoint.AbsolutePath.TrimEnd('/');
        string path =
            isEndpoint && address.AbsolutePath.StartsWith(start + "/", StringComparison.Ordinal)
                ? address.AbsolutePath[start.Length..]
                : address.AbsolutePath;
        return [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
    }

    private static ModelName FromPath(string text, string[] parts, bool isPage)
    {
        if (parts is [("datasets" or "spaces" or "collections" or "papers" or "docs") and var kind, _, ..])
        {
            throw new FileNotFoundException($"{text} is of the hub's {kind}, and not a model.");
        }

        if (parts is not [string owner, string last, .. string[] rest])
        {
            throw Unknown(isPage ? text : string.Concat(parts));
        }

        if (!isPage && last.EndsWith("@refs", StringComparison.Ordinal) && rest.Length >= 2)
        {
            (last, rest) = ($"{last}/{rest[0]}/{rest[1]}", rest[2..]);
        }

        last = last.EndsWith(".git", StringComparison.Ordinal) ? last[..^4] : last;
        string? revision = null;
        if (isPage && rest is [string view, string first, .. string[] others] && Views.Contains(view, StringComparer.Ordinal))
        {
            bool isRequest = first == "refs" && others.Length >= 2;
            revision = isRequest ? $"refs/{others[0]}/{others[1]}" : first;
            rest = isRequest ? others[2..] : others;
            rest =
                view is "tree" or "commit" && rest.Length > 0
                    ? throw new FileNotFoundException(
                        $"{text} is a folder in a model's repository, and Cupola reads models that lie at its top."
                    )
                    : rest;
        }
        else if (isPage)
        {
            rest = [];
        }

        string hub = revision is null or "main" ? $"{owner}/{last}" : $"{owner}/{last}@{revision}";
        return ModelHub.IsName(hub) && rest.Length <= 1 ? new(hub, rest.FirstOrDefault()) : throw Unknown(text);
    }
}
