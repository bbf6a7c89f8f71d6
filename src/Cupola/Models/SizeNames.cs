namespace Cupola.Models;

/// <summary>
/// What a kind of configuration calls the sizes of a network, so that one that cannot be is told by its own name.
/// </summary>
internal sealed record SizeNames
{
    private const int LargestWidth = 1 << 16;
    private const int LargestVocabulary = 1 << 24;
    private const int LargestContext = 1 << 15;
    private const int LargestImage = 1 << 14;
    private const int MostLayers = 1024;

    /// <summary>The names where no file has others.</summary>
    public static SizeNames Plain { get; } = new();

    /// <summary>transformers' (config.json).</summary>
    public static SizeNames Transformers { get; } = new()
    {
        Embedding = "projection_dim",
        Vocabulary = "text_config.vocab_size",
        Context = "text_config.max_position_embeddings",
        Text = new(
            "text_config.hidden_size", "text_config.num_attention_heads", "text_config.num_hidden_layers",
            "text_config.intermediate_size"),
        Image = new(
            "vision_config.hidden_size", "vision_config.num_attention_heads", "vision_config.num_hidden_layers",
            "vision_config.intermediate_size"),
        ImageSize = "vision_config.image_size",
        Patch = "vision_config.patch_size",
    };

    /// <summary>open_clip's (open_clip_config.json).</summary>
    public static SizeNames OpenClip { get; } = new()
    {
        Embedding = "embed_dim",
        Vocabulary = "text_cfg.vocab_size",
        Context = "text_cfg.context_length",
        Text = new("text_cfg.width", "text_cfg.heads", "text_cfg.layers", "text_cfg.mlp_ratio × width"),
        Image = new("vision_cfg.width", "vision_cfg.width ÷ head_width", "vision_cfg.layers", "vision_cfg.mlp_ratio × width"),
        ImageSize = "vision_cfg.image_size",
        Patch = "vision_cfg.patch_size",
    };

    private string Embedding { get; init; } = "embedding dimension";

    private string Vocabulary { get; init; } = "vocabulary";

    private string Context { get; init; } = "context length";

    private Tower Text { get; init; } = new("text width", "text heads", "text layers", "text MLP width");

    private Tower Image { get; init; } = new("image width", "image heads", "image layers", "image MLP width");

    private string ImageSize { get; init; } = "image size";

    private string Patch { get; init; } = "patch size";

    private sealed record Tower(string Width, string Heads, string Layers, string Mlp);

    /// <summary>The first size that cannot be, as the end of a sentence; nothing where all can.</summary>
    public string? Fault(ClipConfig config) =>
        Outside(Embedding, config.EmbeddingDimension, LargestWidth)
        ?? Outside(Vocabulary, config.Text.VocabularySize, LargestVocabulary)
        ?? Outside(Context, config.Text.ContextLength, LargestContext)
        ?? Fault(Text, config.Text.Transformer)
        ?? Outside(ImageSize, config.Image.ImageSize, LargestImage)
        ?? config.Image switch
        {
            VisionTransformerConfig vision => Fault(vision) ?? Fault(Image, vision.Transformer),
            ResNetConfig network => Fault(network),
            _ => $"there is no network for {config.Image.GetType().Name}",
        };

    private string? Fault(VisionTransformerConfig vision) =>
        Outside(Patch, vision.PatchSize, LargestImage)
        ?? (vision.PatchSize > vision.ImageSize
            ? $"'{Patch}' is {vision.PatchSize}, which is more than '{ImageSize}', {vision.ImageSize}" : null)
        ?? Remainder(Patch, vision.PatchSize, ImageSize, vision.ImageSize);

    private string? Fault(ResNetConfig network) =>
        (network.ImageSize % 32 == 0 ? null
            : $"'{ImageSize}' is {network.ImageSize}, which is no multiple of 32, as a residual network needs")
        ?? Outside(Image.Width, network.Width, LargestWidth)
        ?? (network.Width % 2 == 0 ? null : $"'{Image.Width}' is {network.Width}, which is odd")
        ?? (network.Layers.Count == 4 ? null
            : $"'{Image.Layers}' has {network.Layers.Count} numbers, and a residual network has four stages")
        ?? network.Layers.Select(blocks => Outside(Image.Layers, blocks, MostLayers))
            .FirstOrDefault(static fault => fault is not null)
        ?? Outside(Image.Heads, network.Heads, LargestWidth)
        ?? Remainder(Image.Heads, network.Heads, Image.Width, network.Width * 32);

    private static string? Fault(Tower names, TransformerConfig tower) =>
        Outside(names.Width, tower.Width, LargestWidth)
        ?? Outside(names.Heads, tower.Heads, LargestWidth)
        ?? Remainder(names.Heads, tower.Heads, names.Width, tower.Width)
        ?? Outside(names.Layers, tower.Layers, MostLayers)
        ?? Outside(names.Mlp, tower.MlpWidth, LargestWidth * 16);

    private static string? Outside(string name, int size, int largest) =>
        size >= 1 && size <= largest ? null : $"'{name}' is {size}, not between 1 and {largest}";

    private static string? Remainder(string name, int part, string wholeName, int whole) =>
        whole % part == 0 ? null : $"'{name}' is {part}, which does not divide '{wholeName}', {whole}";
}
