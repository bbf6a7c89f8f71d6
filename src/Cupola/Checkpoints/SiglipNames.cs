namespace Cupola.Checkpoints;

/// <summary>The names of SigLIP's parameters, in one of its two layouts (arXiv 2303.15343, 2502.14786).</summary>
internal sealed class SiglipNames : ParameterNames
{
    /// <summary>transformers' SiglipModel (modeling_siglip.py).</summary>
    public static readonly SiglipNames Transformers = new(
        CheckpointLayout.TransformersSiglip,
        leadingOnesOfNumbers: 1,
        [
            ("vision_model.head.probe", "image.pool.probe", 2),
            ("text_model.embeddings.token_embedding.weight", "text.token_embedding", 0),
            ("text_model.embeddings.position_embedding.weight", "text.position_embedding", 0),
            ("vision_model.embeddings.patch_embedding.weight", "image.patch_embedding", 0),
            ("vision_model.embeddings.patch_embedding.bias", "image.patch_bias", 0),
            ("vision_model.embeddings.position_embedding.weight", "image.position_embedding", 0),
        ],
        [
            .. BlocksOfTransformers("text_model", "text"),
            .. BlocksOfTransformers("vision_model", "image"),
            ("text_model.final_layer_norm.*", ["text.final_norm.*"]),
            ("text_model.head.*", ["text.projection.*"]),
            ("vision_model.post_layernorm.*", ["image.post_norm.*"]),
            ("vision_model.head.attention.in_proj_*", ["image.pool.query.*", "image.pool.key.*", "image.pool.value.*"]),
            ("vision_model.head.attention.out_proj.*", ["image.pool.output.*"]),
            ("vision_model.head.layernorm.*", ["image.pool.norm.*"]),
            ("vision_model.head.mlp.fc1.*", ["image.pool.mlp.expand.*"]),
            ("vision_model.head.mlp.fc2.*", ["image.pool.mlp.contract.*"]),
        ]
    );

    /// <summary>open_clip's, with timm's names for the image tower (vision_transformer.py, attention_pool.py).</summary>
    public static readonly SiglipNames OpenClip = new(
        CheckpointLayout.OpenClipSiglip,
        leadingOnesOfNumbers: 0,
        [
            ("visual.trunk.attn_pool.latent", "image.pool.probe", 2),
            ("visual.trunk.pos_embed", "image.position_embedding", 1),
            ("visual.trunk.patch_embed.proj.weight", "image.patch_embedding", 0),
            ("visual.trunk.patch_embed.proj.bias", "image.patch_bias", 0),
            ("text.token_embedding.weight", "text.token_embedding", 0),
            ("text.positional_embedding", "text.position_embedding", 0),
        ],
        [
            ("text.transformer.resblocks.#.ln_1.*", ["text.blocks.#.attention_norm.*"]),
            ("text.transformer.resblocks.#.attn.in_proj_*", Fused("text.blocks.#.attention")),
            ("text.transformer.resblocks.#.attn.out_proj.*", ["text.blocks.#.attention.output.*"]),
            ("text.transformer.resblocks.#.ln_2.*", ["text.blocks.#.mlp_norm.*"]),
            ("text.transformer.resblocks.#.mlp.c_fc.*", ["text.blocks.#.mlp.expand.*"]),
            ("text.transformer.resblocks.#.mlp.c_proj.*", ["text.blocks.#.mlp.contract.*"]),
            ("text.ln_final.*", ["text.final_norm.*"]),
            ("text.text_projection.*", ["text.projection.*"]),
            ("visual.trunk.blocks.#.norm1.*", ["image.blocks.#.attention_norm.*"]),
            ("visual.trunk.blocks.#.attn.qkv.*", Fused("image.blocks.#.attention")),
            ("visual.trunk.blocks.#.attn.proj.*", ["image.blocks.#.attention.output.*"]),
            ("visual.trunk.blocks.#.norm2.*", ["image.blocks.#.mlp_norm.*"]),
            ("visual.trunk.blocks.#.mlp.fc1.*", ["image.blocks.#.mlp.expand.*"]),
            ("visual.trunk.blocks.#.mlp.fc2.*", ["image.blocks.#.mlp.contract.*"]),
            ("visual.trunk.norm.*", ["image.post_norm.*"]),
            ("visual.trunk.attn_pool.q.*", ["image.pool.query.*"]),
            ("visual.trunk.attn_pool.kv.*", ["image.pool.key.*", "image.pool.value.*"]),
            ("visual.trunk.attn_pool.proj.*", ["image.pool.output.*"]),
            ("visual.trunk.attn_pool.norm.*", ["image.pool.norm.*"]),
            ("visual.trunk.attn_pool.mlp.fc1.*", ["image.pool.mlp.expand.*"]),
            ("visual.trunk.attn_pool.mlp.fc2.*", ["image.pool.mlp.contract.*"]),
        ]
    );

    /// <summary>A SigLIP has one of these, and no CLIP has.</summary>
    private static readonly string[] Own = ["vision_model.head.probe", "visual.trunk.attn_pool.latent"];

    private readonly Dictionary<string, Target> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Name, Target Place)> _exactInFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Target[]> _patterns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Pattern, Target Place)> _patternsInFile = new(StringComparer.Ordinal);

    /// <param name="layout">Whose names they are.</param>
    /// <param name="leadingOnesOfNumbers">Axes that scale and bias have there.</param>
    /// <param name="exact">Names that stand once: theirs, ours, and their shape's leading ones.</param>
    /// <param name="patterns">
    /// Names with # for the number of a block and * for weight or bias: theirs, and ours that lie in it one behind the other.
    /// </param>
    private SiglipNames(
        CheckpointLayout layout,
        int leadingOnesOfNumbers,
        (string Theirs, string Ours, int LeadingOnes)[] exact,
        (string Theirs, string[] Ours)[] patterns
    )
    {
        Layout = layout;
        foreach (
            (string theirs, string ours, int ones) in exact
                .Append(("logit_scale", "logit_scale", leadingOnesOfNumbers))
                .Append((Checkpoint.LogitBiasKey, Checkpoint.LogitBiasKey, leadingOnesOfNumbers))
        )
        {
            Target target = new(ours, LeadingOnes: ones);
            _exact.Add(theirs, target);
            _exactInFile.Add(ours, (theirs, target));
        }

        foreach ((string theirs, string[] ours) in patterns)
        {
            Target[] targets =
            [
                .. ours.Select((name, part) => ours.Length == 1 ? new Target(name) : new(name, part, ours.Length)),
            ];
            _patterns.Add(theirs, targets);
            foreach (Target target in targets)
            {
                _patternsInFile.Add(target.Name, (theirs, target));
            }
        }
    }

    public CheckpointLayout Layout { get; }

    /// <summary>Those that fit the names of a file; nothing where it holds no SigLIP.</summary>
    public static SiglipNames? FindAmong(IReadOnlyCollection<string> names) =>
        !Own.Any(names.Contains) ? null
        : names.Contains(Own[0]) ? Transformers
        : OpenClip;

    public override IReadOnlyList<Target> TargetsOf(string name)
    {
        if (_exact.TryGetValue(name, out Target target))
        {
            return [target];
        }

        (string pattern, string block, string kind) = Divide(name);
        return _patterns.TryGetValue(pattern, out Target[]? targets)
            ? [.. targets.Select(place => place with { Name = Fill(place.Name, block, kind) })]
            : [];
    }

    public override (string Name, Target Place) InFile(string ours)
    {
        if (_exactInFile.TryGetValue(ours, out (string, Target) exact))
        {
            return exact;
        }

        (string pattern, string block, string kind) = Divide(ours);
        return _patternsInFile.TryGetValue(pattern, out (string Pattern, Target Place) found)
            ? (Fill(found.Pattern, block, kind), found.Place with { Name = ours })
            : throw new ArgumentException($"SigLIP's layout has no place for the parameter {ours}.", nameof(ours));
    }

    private static string[] Fused(string attention) => [$"{attention}.query.*", $"{attention}.key.*", $"{attention}.value.*"];

    private static IEnumerable<(string Theirs, string[] Ours)> BlocksOfTransformers(string theirs, string ours) =>
        TransformersNames.Layers.Select(layer =>
            ($"{theirs}.encoder.layers.#.{layer.Key}.*", new[] { $"{ours}.blocks.#.{layer.Value}.*" })
        );

    private static (string Pattern, string Block, string Kind) Divide(string name)
    {
        string kind =
            name.EndsWith("weight", StringComparison.Ordinal) ? "weight"
            : name.EndsWith("bias", StringComparison.Ordinal) ? "bias"
            : "";
        string[] parts = name[..^kind.Length].Split('.');
        int index = Array.FindIndex(parts, static part => part.Length > 0 && part.All(char.IsAsciiDigit));
        string block = "";
        if (index >= 0)
        {
            (block, parts[index]) = (parts[index], "#");
        }

        return (string.Join('.', parts) + (kind.Length > 0 ? "*" : ""), block, kind);
    }

    private static string Fill(string pattern, string block, string kind) =>
        pattern.Replace("#", block, StringComparison.Ordinal).Replace("*", kind, StringComparison.Ordinal);
}
