namespace Cupola.Checkpoints;

/// <summary>A CLIP found among the names of a file.</summary>
/// <param name="Prefix">The prefix of all its names.</param>
/// <param name="Tensors">The names that are, or may be, the model's: as in the file, and without wrappers.</param>
/// <param name="LeftOut">Names of the file that do not belong to the model.</param>
/// <param name="Others">Prefixes of other models in the file.</param>
internal sealed record FoundModel(
    string Prefix,
    IReadOnlyList<(string InFile, string Name)> Tensors,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<string> Others
)
{
    /// <summary>The most names in a sentence.</summary>
    private const int MaximumListed = 4;

    /// <summary>Notes, in complete sentences, about what was chosen and what was left out.</summary>
    public IEnumerable<string> Notes(string path)
    {
        if (Others.Count > 0)
        {
            yield return $"{path} contains more than one model; the one {ModelNames.Place(Prefix)} is used, and not the one "
                + $"{string.Join(" or the one ", Others.Take(MaximumListed).Select(ModelNames.Place))}.";
        }

        if (LeftOut.Count > 0)
        {
            string tensors =
                LeftOut.Count == 1
                    ? "a tensor that does not belong to the model and is left out"
                    : $"{LeftOut.Count} tensors that do not belong to the model and are left out";
            yield return $"{path} also contains {tensors}: {List(LeftOut, MaximumListed)}.";
        }
    }

    /// <summary>The first few names, with an ellipsis if there are more.</summary>
    public static string List(IEnumerable<string> names, int most) =>
        string.Join(", ", names.Take(most).Select(static name => name.Length > 80 ? name[..80] + "…" : name))
        + (names.Skip(most).Any() ? ", …" : "");
}

/// <summary>
/// Finds a CLIP among the names of a file, whatever prefixes training code added (<c>module.</c>, <c>state_dict.model.</c>,
/// <c>_orig_mod.</c>), and separates it from other content.
/// </summary>
internal static class ModelNames
{
    /// <summary>
    /// The parts that PyTorch's wrappers (parallel, compiled, sharded, checkpointed modules) insert into names, anywhere.
    /// </summary>
    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "module",
        "_orig_mod",
        "_fsdp_wrapped_module",
        "_checkpoint_wrapped_module",
        "_forward_module",
    };

    /// <summary>Names that each tower has, and nothing else.</summary>
    private static readonly Anchor[] Anchors =
    [
        new("visual.conv1.weight", IsImage: true, IsTransformers: false),
        new("token_embedding.weight", IsImage: false, IsTransformers: false),
        new("text.token_embedding.weight", IsImage: false, IsTransformers: false),
        new("visual.trunk.attn_pool.latent", IsImage: true, IsTransformers: false),
        new("vision_model.embeddings.patch_embedding.weight", IsImage: true, IsTransformers: true),
        new("text_model.embeddings.token_embedding.weight", IsImage: false, IsTransformers: true),
    ];

    /// <summary>First parts of the model's names; an unknown name that begins with one means another network.</summary>
    private static readonly HashSet<string> OwnParts = new(StringComparer.Ordinal)
    {
        "visual",
        "text",
        "transformer",
        "token_embedding",
        "ln_final",
        "positional_embedding",
        "text_projection",
        "logit_scale",
        "logit_bias",
        "vision_model",
        "text_model",
        "visual_projection",
    };

    /// <summary>Words in the name of a model that follows another one (an average, a teacher) or is an earlier state.</summary>
    private static readonly HashSet<string> SecondWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "ema",
        "teacher",
        "momentum",
        "swa",
        "avg",
        "average",
        "averaged",
        "shadow",
        "target",
        "frozen",
        "old",
        "ref",
        "reference",
        "pretrained",
        "init",
        "initial",
        "zeroshot",
        "original",
        "orig",
        "base",
        "m",
        "k",
        "key",
        "best",
        "copy",
    };

    private sealed record Anchor(string Name, bool IsImage, bool IsTransformers)
    {
        public string[] Parts { get; } = Name.Split('.');
    }

    /// <summary>Finds the model; null if no name belongs to a tower of a CLIP.</summary>
    /// <param name="names">All names of the file.</param>
    /// <param name="areSame">Whether two names of the file have the same numbers.</param>
    /// <exception cref="InvalidDataException">There are several models and no rule to choose one; the message is the end of a
    /// sentence.</exception>
    public static FoundModel? Find(IReadOnlyCollection<string> names, Func<string, string, bool> areSame)
    {
        List<(string Prefix, Anchor Anchor)> anchors =
        [
            .. from name in names
            from anchor in Anchors
            let before = PrefixOf(name, anchor)
            where before is not null
            select (before, anchor),
        ];
        string[] whole =
        [
            .. anchors
                .Select(static found => found.Prefix)
                .Distinct(StringComparer.Ordinal)
                .Where(prefix => IsWhole(anchors, prefix)),
        ];
        if (whole.Length == 0)
        {
            // A single tower is not a model, but its names are recognized, so that a message can say what is missing.
            string[] towers = [.. anchors.Select(static found => found.Prefix).Distinct(StringComparer.Ordinal)];
            string[] parts =
            [
                .. towers.Where(prefix =>
                    !towers.Any(outer => prefix == $"{outer}text." || prefix == $"{outer}text_model.embeddings.")
                ),
            ];
            return parts is [string sole] ? Divide(names, sole, [], [])
                : anchors.Count > 0 ? Divide(names, "", [], [])
                : null;
        }

        string prefix = Choose(names, whole, areSame, out string[] others);
        return Divide(names, prefix, others, [.. whole.Where(other => other != prefix)]);
    }

    /// <summary>The position of a model in the file, in words.</summary>
    public static string Place(string prefix) => prefix.Length == 0 ? "at the top" : $"under '{prefix.TrimEnd('.')}'";

    private static bool IsWhole(List<(string Prefix, Anchor Anchor)> anchors, string prefix) =>
        anchors.Any(image =>
            image.Prefix == prefix
            && image.Anchor.IsImage
            && anchors.Any(text =>
                text.Prefix == prefix && !text.Anchor.IsImage && text.Anchor.IsTransformers == image.Anchor.IsTransformers
            )
        );

    /// <summary>
    /// Chooses a model: the only one that is not another's average, teacher or earlier state, or the one named as in PyTorch's
    /// examples.
    /// </summary>
    private static string Choose(
        IReadOnlyCollection<string> names,
        string[] prefixes,
        Func<string, string, bool> areSame,
        out string[] others
    )
    {
        List<string> different = [];
        foreach (string prefix in prefixes)
        {
            if (!different.Exists(other => AreSame(names, other, prefix, areSame)))
            {
                different.Add(prefix);
            }
        }

        string[] first = [.. different.Where(static prefix => !IsSecond(prefix))];
        string? chosen =
            different is [string sole] ? sole
            : first is [string sure] ? sure
            : first.Where(static prefix => prefix.StartsWith("state_dict.", StringComparison.Ordinal)).ToArray() is [string usual]
                ? usual
            : first.Where(static prefix => prefix.StartsWith("model.", StringComparison.Ordinal)).ToArray() is [string next]
                ? next
            : throw new InvalidDataException(
                $"it contains more than one model, {FoundModel.List(different.Select(Place), 4)}; "
                    + "save the one that you want in a separate file"
            );
        others = [.. different.Where(prefix => prefix != chosen)];
        return chosen;
    }

    private static bool AreSame(IReadOnlyCollection<string> names, string one, string other, Func<string, string, bool> areSame)
    {
        HashSet<string> all = new(names, StringComparer.Ordinal);
        string[] ofOther =
        [
            .. names.Where(name => name.StartsWith(other, StringComparison.Ordinal)).Select(name => name[other.Length..]),
        ];
        return ofOther.All(name => all.Contains(one + name) && areSame(one + name, other + name));
    }

    private static bool IsSecond(string prefix) => prefix.Split('.', '_', '-').Any(SecondWords.Contains);

    /// <summary>
    /// Separates the model's names from the rest; other models and copies of this one are not listed name by name.
    /// </summary>
    private static FoundModel Divide(IReadOnlyCollection<string> names, string prefix, string[] others, string[] models)
    {
        List<(string InFile, string Name)> model = [];
        List<string> leftOut = [];
        foreach (string name in names)
        {
            string? own = name.StartsWith(prefix, StringComparison.Ordinal) ? Unwrap(name[prefix.Length..]) : null;
            if (own is not null && (OwnParts.Contains(own.Split('.', 2)[0]) || ParameterNames.IsBuffer(own)))
            {
                model.Add((name, own));
            }
            else if (!models.Any(other => other.Length > 0 && name.StartsWith(other, StringComparison.Ordinal)))
            {
                leftOut.Add(name);
            }
        }

        return new(prefix, model, leftOut, others);
    }

    private static string Unwrap(string name)
    {
        string[] parts = name.Split('.');
        return parts.Any(Wrappers.Contains) ? string.Join('.', parts.Where(static part => !Wrappers.Contains(part))) : name;
    }

    /// <summary>The part of a name before an anchor at its end; null if it does not end with the anchor.</summary>
    private static string? PrefixOf(string name, Anchor anchor)
    {
        if (
            !name.EndsWith(anchor.Parts[^1], StringComparison.Ordinal)
            || !name.Contains(anchor.Parts[^2], StringComparison.Ordinal)
        )
        {
            return null;
        }

        string[] parts = name.Split('.');
        int index = parts.Length - 1;
        for (int next = anchor.Parts.Length - 1; next >= 0; index--)
        {
            if (index < 0)
            {
                return null;
            }

            if (parts[index] == anchor.Parts[next])
            {
                next--;
            }
            else if (next == anchor.Parts.Length - 1 || !Wrappers.Contains(parts[index]))
            {
                return null;
            }
        }

        return string.Concat(parts.Take(index + 1).Select(static part => part + "."));
    }
}
