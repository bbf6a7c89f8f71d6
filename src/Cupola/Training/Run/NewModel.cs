using System.Globalization;
using Cupola.Models;
using static System.FormattableString;

namespace Cupola.Training.Run;

/// <summary>
/// The sizes of a model that is trained from nothing; the defaults are a model that a laptop trains within an hour or two.
/// </summary>
public sealed record NewModel
{
    /// <summary>Numbers a head: as in every CLIP (arXiv 2103.00020, table 19).</summary>
    private const int HeadWidth = 64;

    /// <summary>What a block's inner layer is of its width (arXiv 1706.03762, section 3.3).</summary>
    private const int Expansion = 4;

    /// <summary>Bytes of a parameter while it is learned: itself, its gradient and AdamW's two means, in float32.</summary>
    private const int BytesLearned = 16;

    /// <summary>Height and width of the images it takes, in pixels.</summary>
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
    /// Blocks of each of the four stages of a residual network (3, 4, 6, 3 are ResNet-50's), which then is the image tower: of
    /// <see cref="ImageWidth"/> channels behind the stem, for images of a multiple of 32 pixels; patches and layers go for
    /// nothing. Without them the image tower is a vision transformer.
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

    /// <summary>Refuses sizes that no network can have, and those that cannot be learned in this machine's memory.</summary>
    /// <exception cref="ArgumentException">The message names the setting that is wrong.</exception>
    internal void Check()
    {
        double parameters = new ClipNetwork(WithVocabulary(Vocabulary)).Parameters.Sum(static parameter =>
            (double)parameter.ElementCount
        );
        double gigabytes = parameters * BytesLearned / 1e9,
            available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        if (gigabytes > available)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The setting 'model' makes {parameters:0} parameters, which take {gigabytes:0.0} GB to learn, and there are "
                        + $"{available:0.0}; make its widths smaller, its layers fewer or its vocabulary shorter."
                )
            );
        }
    }

    /// <summary>The architecture.</summary>
    /// <param name="vocabulary">Entries of the tokenizer.</param>
    /// <exception cref="ArgumentException">No network can have these sizes.</exception>
    internal ClipConfig WithVocabulary(int vocabulary)
    {
        ClipConfig config = new(
            new TextConfig(vocabulary, ContextLength, Transformer(TextWidth, TextLayers, TextHeads)),
            Image,
            EmbeddingDimension,
            []
        );
        return ConfigRules.ProblemOf(config) is var (member, why) ? throw new ArgumentException(Sentence(member, why))
            : Stages is null && ImageSize % PatchSize != 0
                ? throw new ArgumentException(
                    Sentence("image.patch", Invariant($"is {PatchSize}, which does not divide the image's {ImageSize} pixels"))
                )
            : config;
    }

    /// <summary>A problem in the words of the settings.</summary>
    private string Sentence(string member, string why)
    {
        // Heads that nobody named follow from the width.
        (string name, string reason) = member switch
        {
            "embedding" => ("embeddingDimension", why),
            "text.vocabulary" => ("vocabulary", why),
            "text.context" => ("contextLength", why),
            "image.size" => ("imageSize", why),
            "image.patch" => ("patchSize", why),
            "image.stages" => ("stages", why),
            "image.heads" when ImageHeads is null => ("imageWidth", Uneven(ImageWidth, "imageHeads")),
            "text.heads" when TextHeads is null => ("textWidth", Uneven(TextWidth, "textHeads")),
            "image.mlp" => ("imageWidth", why),
            "text.mlp" => ("textWidth", why),
            _ => (member.Split('.') is [var tower, var size] ? tower + char.ToUpperInvariant(size[0]) + size[1..] : member, why),
        };
        return $"The setting 'model.{name}' {reason}.";

        static string Uneven(int width, string heads) =>
            Invariant($"is {width}, which heads of {HeadWidth} do not divide; make it a multiple of {HeadWidth}, ")
            + $"or name 'model.{heads}'";
    }

    /// <summary>
    /// The attention pool of a residual network is as wide as 32 times its stem, and has heads of 64 as everywhere (OpenAI CLIP,
    /// model.py, CLIP).
    /// </summary>
    private ImageConfig Image =>
        Stages is null
            ? new VisionTransformerConfig(ImageSize, PatchSize, Transformer(ImageWidth, ImageLayers, ImageHeads))
            : new ResNetConfig(ImageSize, Stages, ImageWidth, ImageHeads ?? Heads(32 * ImageWidth));

    private static int Heads(int width) => Math.Max(1, width / HeadWidth);

    private static TransformerConfig Transformer(int width, int layers, int? heads) =>
        new(width, heads ?? Heads(width), layers, Expansion * width, Activation.QuickGelu);
}
