using System.Text.Json.Serialization;

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

/// <summary>The sizes of a transformer.</summary>
/// <param name="Width">Numbers a token.</param>
/// <param name="Heads">Attention heads, each of Width ÷ Heads numbers.</param>
/// <param name="Layers">Residual blocks.</param>
/// <param name="MlpWidth">Numbers a token between a block's two large layers.</param>
/// <param name="Activation">The non-linearity there.</param>
/// <param name="LayerNormEpsilon">Added to the variance in every layer norm.</param>
internal sealed record TransformerConfig(
    int Width,
    int Heads,
    int Layers,
    int MlpWidth,
    Activation Activation,
    float LayerNormEpsilon = 1e-5f
);

/// <summary>How a text tower reads.</summary>
internal enum TextReading
{
    /// <summary>CLIP's: no token sees a later one, and the answer is read at the end token.</summary>
    Causal,

    /// <summary>
    /// SigLIP's: texts are padded to the context length, every token sees every other, padding included, and the answer is read
    /// at the last place, whatever stands there.
    /// </summary>
    FixedLength,
}

/// <summary>What leads from the pooled state of a text to its embedding.</summary>
internal enum TextProjection
{
    /// <summary>A matrix.</summary>
    Matrix,

    /// <summary>A matrix and a bias.</summary>
    Layer,

    /// <summary>Nothing: the pooled state is the embedding.</summary>
    None,
}

/// <summary>The text tower.</summary>
/// <param name="VocabularySize">Token ids there are.</param>
/// <param name="ContextLength">Tokens of a text at most, start and end included.</param>
/// <param name="Transformer">Its blocks.</param>
internal sealed record TextConfig(int VocabularySize, int ContextLength, TransformerConfig Transformer)
{
    /// <summary>Which tokens see which, and where the answer is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TextReading Reading { get; init; }

    /// <summary>What leads from the pooled state to the embedding.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TextProjection Projection { get; init; }
}

/// <summary>The image tower: a <see cref="VisionTransformerConfig"/> or a <see cref="ResNetConfig"/>.</summary>
/// <param name="ImageSize">Height and width of the images it takes, in pixels.</param>
internal abstract record ImageConfig(int ImageSize);

/// <summary>What a vision transformer's answer is read from.</summary>
internal enum ImagePooling
{
    /// <summary>CLIP's: a token that stands before the patches, behind a norm and a projection.</summary>
    ClassToken,

    /// <summary>SigLIP's: a learned query attends to the patches, and an MLP follows.</summary>
    AttentionHead,
}

/// <summary>A vision transformer.</summary>
/// <param name="ImageSize">Height and width of the images it takes, in pixels.</param>
/// <param name="PatchSize">Height and width of the squares that become tokens.</param>
/// <param name="Transformer">Its blocks.</param>
internal sealed record VisionTransformerConfig(int ImageSize, int PatchSize, TransformerConfig Transformer)
    : ImageConfig(ImageSize)
{
    /// <summary>What the answer is read from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImagePooling Pooling { get; init; }

    /// <summary>The patches and, where there is one, the class token.</summary>
    public int Tokens => (ImageSize / PatchSize * (ImageSize / PatchSize)) + (Pooling == ImagePooling.ClassToken ? 1 : 0);
}

/// <summary>CLIP's modified residual network.</summary>
/// <param name="ImageSize">Height and width of the images it takes, in pixels; a multiple of 32.</param>
/// <param name="Layers">Blocks of each of the four stages.</param>
/// <param name="Width">Channels behind the stem.</param>
/// <param name="Heads">Heads of the attention pool.</param>
internal sealed record ResNetConfig(int ImageSize, IReadOnlyList<int> Layers, int Width, int Heads) : ImageConfig(ImageSize);

/// <summary>What a model was trained to make of scaled cosines.</summary>
internal enum ScoreKind
{
    /// <summary>CLIP's: a softmax over the classes, so that probabilities sum to 1.</summary>
    Softmax,

    /// <summary>SigLIP's: a sigmoid of each, a bias added, so that probabilities are independent.</summary>
    Sigmoid,
}

/// <summary>The architecture of a CLIP as data.</summary>
/// <param name="Text">The text tower.</param>
/// <param name="Image">The image tower.</param>
/// <param name="EmbeddingDimension">Numbers an embedding, in the space that both towers share.</param>
/// <param name="Assumptions">Whole sentences about what no file said and was assumed, and what of a file was left out.</param>
internal sealed record ClipConfig(TextConfig Text, ImageConfig Image, int EmbeddingDimension, IReadOnlyList<string> Assumptions)
{
    /// <summary>What the score of an image and a text means.</summary>
    public ScoreKind Score { get; init; }

    /// <summary>Refuses sizes that no network can have, before anything is built from them.</summary>
    /// <param name="source">The file they come from.</param>
    /// <param name="names">What the file calls its members, where it has names of its own.</param>
    internal ClipConfig Checked(string source, IReadOnlyDictionary<string, string>? names = null) =>
        ConfigRules.ProblemOf(this) is var (member, why)
            ? throw new InvalidDataException($"{source} cannot be used: '{names?.GetValueOrDefault(member) ?? member}' {why}.")
            : this;
}
