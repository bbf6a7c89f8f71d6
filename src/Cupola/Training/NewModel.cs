using Cupola.Models;

namespace Cupola.Training;

/// <summary>The sizes of a model that is trained from nothing; the defaults are a model that a laptop trains within an hour or two.</summary>
public sealed record NewModel
{
    /// <summary>Numbers a head: as in every CLIP (arXiv 2103.00020, table 19).</summary>
    private const int HeadWidth = 64;

    /// <summary>What a block's inner layer is of its width (arXiv 1706.03762, section 3.3).</summary>
    private const int Expansion = 4;

    /// <summary>Height and width of the pictures it takes, in pixels.</summary>
    public int ImageSize { get; init; } = 48;

    /// <summary>Height and width of the squares that become tokens.</summary>
    public int PatchSize { get; init; } = 8;

    /// <summary>Numbers a token of the image tower.</summary>
    public int ImageWidth { get; init; } = 128;

    /// <summary>Blocks of the image tower.</summary>
    public int ImageLayers { get; init; } = 4;

    /// <summary>Attention heads of the image tower; without a number, one for 64 of its width.</summary>
    public int? ImageHeads { get; init; }

    /// <summary>
    /// Blocks of each of the four stages of a residual network (3, 4, 6, 3 are ResNet-50's), which then is the image tower: of <see cref="ImageWidth"/> channels behind the stem, for pictures of a
    /// multiple of 32 pixels; patches and layers go for nothing. Without them the image tower is a vision transformer.
    /// </summary>
    public IReadOnlyList<int>? Stages { get; init; }

    /// <summary>Numbers a token of the text tower.</summary>
    public int TextWidth { get; init; } = 128;

    /// <summary>Blocks of the text tower.</summary>
    public int TextLayers { get; init; } = 2;

    /// <summary>Attention heads of the text tower; without a number, one for 64 of its width.</summary>
    public int? TextHeads { get; init; }

    /// <summary>Tokens of a text at most, start and end included.</summary>
    public int ContextLength { get; init; } = 32;

    /// <summary>Entries of the tokenizer that is made from the captions.</summary>
    public int Vocabulary { get; init; } = 2048;

    /// <summary>Numbers an embedding.</summary>
    public int EmbeddingDimension { get; init; } = 128;

    /// <summary>The architecture, where the tokenizer has as many entries as it shall have.</summary>
    /// <exception cref="ArgumentException">No network can have these sizes.</exception>
    internal ClipConfig Config => WithVocabulary(Vocabulary);

    /// <summary>The architecture.</summary>
    /// <param name="vocabulary">Entries of the tokenizer.</param>
    /// <exception cref="ArgumentException">No network can have these sizes.</exception>
    internal ClipConfig WithVocabulary(int vocabulary)
    {
        ClipConfig config = new(
            new TextConfig(vocabulary, ContextLength, Transformer(TextWidth, TextLayers, TextHeads)),
            Image,
            EmbeddingDimension,
            []);
        try
        {
            return config.Checked("The setting 'model'");
        }
        catch (InvalidDataException exception)
        {
            throw new ArgumentException(exception.Message, exception);
        }
    }

    /// <summary>The attention pool of a residual network is as wide as 32 times its stem, and has heads of 64 as everywhere (OpenAI CLIP, model.py, CLIP).</summary>
    private ImageConfig Image => Stages is null
        ? new VisionTransformerConfig(ImageSize, PatchSize, Transformer(ImageWidth, ImageLayers, ImageHeads))
        : new ResNetConfig(ImageSize, Stages, ImageWidth, ImageHeads ?? Heads(32 * ImageWidth));

    private static int Heads(int width) => Math.Max(1, width / HeadWidth);

    private static TransformerConfig Transformer(int width, int layers, int? heads) => new(width, heads ?? Heads(width), layers, Expansion * width, Activation.QuickGelu);
}
