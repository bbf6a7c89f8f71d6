using Cupola.Images;
using Cupola.Models;
using Cupola.Text;

namespace Cupola.Training.Run;

/// <summary>What makes the weights of two models mean different things, so that none lie between them.</summary>
internal static class ModelDifference
{
    /// <summary>The first such difference, as the middle of a sentence; nothing where there is none.</summary>
    public static string? Find(ClipModel first, ClipModel second, string firstFolder, string secondFolder) =>
        !AreAlike(Same(first.Config), Same(second.Config)) || !HaveSameShapes(first, second) ? "are of different architectures"
        : first.Config.Text.Transformer.Activation != second.Config.Text.Transformer.Activation
        || !AreAlike(first.Config, second.Config)
            ? "have different activations"
        : !AreAlike(first.Preprocessing, second.Preprocessing) ? "prepare images differently (see cupola inspect model)"
        : !HaveSameTokens(firstFolder, secondFolder) ? "have different tokenizers"
        : null;

    /// <summary>The configuration as if there were one activation only.</summary>
    private static ClipConfig Same(ClipConfig config) =>
        config with
        {
            Text = config.Text with { Transformer = Same(config.Text.Transformer) },
            Image = config.Image is VisionTransformerConfig vision
                ? vision with
                {
                    Transformer = Same(vision.Transformer),
                }
                : config.Image,
        };

    private static TransformerConfig Same(TransformerConfig tower) => tower with { Activation = Activation.Gelu };

    private static bool AreAlike(ClipConfig first, ClipConfig second) =>
        first.Text == second.Text
        && first.EmbeddingDimension == second.EmbeddingDimension
        && (
            first.Image is ResNetConfig one && second.Image is ResNetConfig other
                ? (one.ImageSize, one.Width, one.Heads) == (other.ImageSize, other.Width, other.Heads)
                    && one.Layers.SequenceEqual(other.Layers)
                : first.Image == second.Image
        );

    private static bool HaveSameShapes(ClipModel first, ClipModel second) =>
        first.Network.Shapes.Count == second.Network.Shapes.Count
        && first.Network.Shapes.All(entry =>
            second.Network.Shapes.TryGetValue(entry.Key, out long[]? shape) && shape.AsSpan().SequenceEqual(entry.Value)
        );

    private static bool AreAlike(ImagePreprocessing first, ImagePreprocessing second) =>
        first with { Mean = second.Mean, StandardDeviation = second.StandardDeviation } == second
        && first.Mean.SequenceEqual(second.Mean)
        && first.StandardDeviation.SequenceEqual(second.StandardDeviation);

    /// <summary>A folder without a tokenizer has none that differs.</summary>
    private static bool HaveSameTokens(string firstFolder, string secondFolder)
    {
        if (SentencePieceFiles.AreIn(firstFolder) || SentencePieceFiles.AreIn(secondFolder))
        {
            return SentencePieceFiles.AreIn(firstFolder)
                && SentencePieceFiles.AreIn(secondFolder)
                && SentencePieceFiles.Read(firstFolder).Pieces.SequenceEqual(SentencePieceFiles.Read(secondFolder).Pieces);
        }

        TokenizerFiles first,
            second;
        try
        {
            (first, second) = (TokenizerFiles.Read(firstFolder), TokenizerFiles.Read(secondFolder));
        }
        catch (FileNotFoundException)
        {
            return true;
        }

        return first.Merges.SequenceEqual(second.Merges, StringComparer.Ordinal)
            && first
                .Vocabulary.OrderBy(static entry => entry.Value)
                .SequenceEqual(second.Vocabulary.OrderBy(static entry => entry.Value));
    }
}
