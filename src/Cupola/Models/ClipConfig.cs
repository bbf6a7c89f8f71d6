namespace Cupola.Models;

/// <summary>The non-linearity between a block's two large layers.</summary>
internal enum Activation
{
    /// <summary>x · sigmoid(1.702 x), OpenAI's.</summary>
    QuickGelu,

    /// <summary>The exact GELU.</summary>
    Gelu,

    /// <summary>GELU by its tanh approximation.</summary>
    GeluTanh,
}

internal sealed record TextConfig(int VocabularySize, int ContextLength, int Width, int Heads, int Layers, int MlpWidth, Activation Activation, float LayerNormEpsilon);

internal abstract record ImageConfig(int ImageSize, int Width, int Heads);

internal sealed record VisionTransformerConfig(int ImageSize, int PatchSize, int Width, int Heads, int Layers, int MlpWidth, Activation Activation, float LayerNormEpsilon)
    : ImageConfig(ImageSize, Width, Heads);

internal sealed record ResNetConfig(int ImageSize, IReadOnlyList<int> Layers, int Width, int Heads) : ImageConfig(ImageSize, Width, Heads);

internal sealed record ClipConfig(TextConfig Text, ImageConfig Image, int EmbeddingDimension);
