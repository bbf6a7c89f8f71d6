namespace Cupola.Hub;

/// <summary>A model's name on the hub, <c>owner/name</c>, at a revision: a branch, a tag, or the hash of a commit.</summary>
internal sealed record HubModelName(string Owner, string Name, string Revision)
{
    /// <summary>The branch if none is named.</summary>
    public const string MainRevision = "main";

    private const string FolderPrefix = "models--";

    /// <summary>The model's folder in the cache.</summary>
    public string FolderName => $"{FolderPrefix}{Owner}--{Name}";

    /// <summary>Whether the revision is the hash of a commit, whose content never changes.</summary>
    public bool IsCommit => IsHash(Revision);

    public static bool IsHash(string text) => text.Length == 40 && text.All(char.IsAsciiHexDigitLower);

    public static bool TryParse(string text, out HubModelName? model)
    {
        model = null;
        (string path, string revision) = text.Split('@', 2) is [var before, var after] ? (before, after) : (text, MainRevision);
        if (path.Split('/') is [var owner, var name] && IsPart(owner) && IsPart(name) && IsRevision(revision))
        {
            model = new HubModelName(owner, name, revision);
        }

        return model is not null;
    }

    public static HubModelName Parse(string text, string? revision)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!TryParse(text, out HubModelName? model))
        {
            throw new ArgumentException(
                $"'{text}' is not a model name; a name on the hub looks like openai/clip-vit-base-patch32 or owner/name@revision."
            );
        }

        if (revision is null)
        {
            return model!;
        }

        return IsRevision(revision) && !text.Contains('@', StringComparison.Ordinal)
            ? model! with
            {
                Revision = revision,
            }
            : throw new ArgumentException(
                $"'{revision}' cannot be the revision of '{text}'; a revision is one branch, tag or commit hash."
            );
    }

    /// <summary>The model of a folder in the cache, or null for any other folder.</summary>
    public static HubModelName? FromFolderName(string folder) =>
        folder.StartsWith(FolderPrefix, StringComparison.Ordinal)
        && TryParse(folder[FolderPrefix.Length..].Replace("--", "/", StringComparison.Ordinal), out HubModelName? model)
            ? model
            : null;

    /// <inheritdoc/>
    public override string ToString() => Revision == MainRevision ? $"{Owner}/{Name}" : $"{Owner}/{Name}@{Revision}";

    // The cache separates owner and name by two dashes, so a name has no two in a row (huggingface_hub, validate_repo_id).
    private static bool IsPart(string part) =>
        part.Length <= 96 && IsWord(part) && !part.Contains("--", StringComparison.Ordinal);

    // A revision becomes a path below refs/, so it must stay there.
    private static bool IsRevision(string revision) => revision.Length <= 200 && revision.Split('/').All(IsWord);

    private static bool IsWord(string text) =>
        text.Length > 0
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '+')
        && text[0] is not ('.' or '-')
        && text[^1] is not ('.' or '-')
        && !text.Contains("..", StringComparison.Ordinal);
}
