namespace Cupola.Cli;

/// <summary>What other tools call the published CLIPs, and their names on the hub.</summary>
internal static class KnownModels
{
    /// <summary>OpenAI's own names (clip.available_models), which come with their weights.</summary>
    private static readonly (string Name, string Hub)[] OpenAi =
    [
        ("ViT-B/32", "openai/clip-vit-base-patch32"),
        ("ViT-B/16", "openai/clip-vit-base-patch16"),
        ("ViT-L/14", "openai/clip-vit-large-patch14"),
        ("ViT-L/14@336px", "openai/clip-vit-large-patch14-336"),
        ("RN50", "timm/resnet50_clip.openai"),
        ("RN101", "timm/resnet101_clip.openai"),
        ("RN50x4", "timm/resnet50x4_clip.openai"),
        ("RN50x16", "timm/resnet50x16_clip.openai"),
        ("RN50x64", "timm/resnet50x64_clip.openai"),
    ];

    /// <summary>open_clip's, an architecture and the tag of its weights (open_clip.list_pretrained).</summary>
    private static readonly (string Architecture, string Tag, string Hub)[] OpenClip =
    [
        ("ViT-B-32", "openai", "openai/clip-vit-base-patch32"),
        ("ViT-B-32-quickgelu", "openai", "openai/clip-vit-base-patch32"),
        ("ViT-B-32", "laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"),
        ("ViT-B-32", "datacomp_xl_s13b_b90k", "laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K"),
        ("ViT-B-32-256", "datacomp_s34b_b86k", "laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K"),
        ("ViT-B-16", "openai", "openai/clip-vit-base-patch16"),
        ("ViT-B-16-quickgelu", "openai", "openai/clip-vit-base-patch16"),
        ("ViT-B-16", "laion2b_s34b_b88k", "laion/CLIP-ViT-B-16-laion2B-s34B-b88K"),
        ("ViT-B-16", "datacomp_xl_s13b_b90k", "laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K"),
        ("ViT-B-16", "dfn2b", "apple/DFN2B-CLIP-ViT-B-16"),
        ("ViT-B-16-quickgelu", "dfn2b", "apple/DFN2B-CLIP-ViT-B-16"),
        ("ViT-L-14", "openai", "openai/clip-vit-large-patch14"),
        ("ViT-L-14-quickgelu", "openai", "openai/clip-vit-large-patch14"),
        ("ViT-L-14-336", "openai", "openai/clip-vit-large-patch14-336"),
        ("ViT-L-14-336-quickgelu", "openai", "openai/clip-vit-large-patch14-336"),
        ("ViT-L-14", "laion2b_s32b_b82k", "laion/CLIP-ViT-L-14-laion2B-s32B-b82K"),
        ("ViT-L-14", "datacomp_xl_s13b_b90k", "laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K"),
        ("ViT-L-14", "dfn2b", "apple/DFN2B-CLIP-ViT-L-14"),
        ("ViT-L-14-quickgelu", "dfn2b", "apple/DFN2B-CLIP-ViT-L-14"),
        ("ViT-H-14", "laion2b_s32b_b79k", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K"),
        ("ViT-H-14-quickgelu", "dfn5b", "apple/DFN5B-CLIP-ViT-H-14"),
        ("ViT-H-14-378-quickgelu", "dfn5b", "apple/DFN5B-CLIP-ViT-H-14-378"),
        ("ViT-g-14", "laion2b_s12b_b42k", "laion/CLIP-ViT-g-14-laion2B-s12B-b42K"),
        ("ViT-g-14", "laion2b_s34b_b88k", "laion/CLIP-ViT-g-14-laion2B-s34B-b88K"),
        ("ViT-bigG-14", "laion2b_s39b_b160k", "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k"),
        ("RN50", "openai", "timm/resnet50_clip.openai"),
        ("RN101", "openai", "timm/resnet101_clip.openai"),
        ("RN50x4", "openai", "timm/resnet50x4_clip.openai"),
        ("RN50x16", "openai", "timm/resnet50x16_clip.openai"),
        ("RN50x64", "openai", "timm/resnet50x64_clip.openai"),
    ];

    /// <summary>
    /// What stands between an architecture and a tag: of open_clip's own tools, CLIP_benchmark, clip-as-service, immich.
    /// </summary>
    private static readonly string[] Separators = ["::", "__", ", ", ",", " ", ":", "/"];

    /// <summary>The name on the hub of a model by exactly the name that another tool gives it.</summary>
    public static string? Find(string name)
    {
        if (Array.Find(OpenAi, known => known.Name == name).Hub is { } openAi)
        {
            return openAi;
        }

        foreach (string separator in Separators)
        {
            if (
                name.Split(separator, 2) is [string architecture, string tag]
                && Array.Find(OpenClip, known => known.Architecture == architecture && known.Tag == tag).Hub is { } hub
            )
            {
                return hub;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether two names mean one model: by what other tools call it, by its last part, or by open_clip's architecture before a
    /// tag (ViT-B-16-SigLIP2__webli is timm/ViT-B-16-SigLIP2).
    /// </summary>
    public static bool AreSame(string one, string other) =>
        Whole(one).Equals(Whole(other), StringComparison.OrdinalIgnoreCase)
        || Last(one).Equals(Last(other), StringComparison.OrdinalIgnoreCase);

    private static string Whole(string name) => Find(name) ?? name;

    private static string Last(string name) => Whole(name).Split("__")[0].TrimEnd('/', '\\').Split('/', '\\')[^1];

    /// <summary>Whether open_clip calls an architecture so, of which there are several sets of weights.</summary>
    public static bool IsArchitecture(string name) => OpenClip.Any(known => known.Architecture == name);

    /// <summary>
    /// Names to use in place of one that is nearly theirs: in other letters, with other signs between them, or a part of it.
    /// </summary>
    public static IReadOnlyList<string> Near(string name)
    {
        string letters = Letters(name);
        return letters.Length == 0
            ? []
            :
            [
                .. OpenAi
                    .Where(known => Letters(known.Name) == letters)
                    .Select(static known => known.Hub)
                    .Concat(
                        OpenClip
                            .Where(known => Parts(known.Architecture, known.Tag, known.Hub).Any(part => Letters(part) == letters))
                            .Select(static known => known.Hub)
                    )
                    .Distinct(StringComparer.Ordinal),
            ];
    }

    /// <summary>Whether a name is a known one but for small and capital letters.</summary>
    public static bool IsOtherwiseWritten(string name) =>
        OpenAi
            .Select(static known => known.Name)
            .Concat(OpenClip.Select(static known => known.Hub))
            .Any(known => ModelName.IsOtherwiseWritten(known, name));

    private static string[] Parts(string architecture, string tag, string hub) =>
        [architecture, tag, architecture + tag, hub, hub.Split('/')[1]];

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
}
