using System.CommandLine;
using System.Globalization;
using Cupola.Reports;
using Cupola.ZeroShot;

namespace Cupola.Cli;

/// <summary>What <c>cupola inspect model</c> says of int8: how far the embeddings of given images are from float32's.</summary>
internal sealed class InspectPrecision(ModelOptions model)
{
    private readonly Argument<string[]> _images = ImageArguments.Create(ArgumentArity.ZeroOrMore);
    private readonly LabelOptions _labels = new("compare the answers with");

    public void AddTo(Command command)
    {
        command.Arguments.Add(_images);
        _labels.AddTo(command);
    }

    /// <summary>Compares both precisions on the images of the command line.</summary>
    /// <returns>The comparison, null where no image is named, and how many images could not be read.</returns>
    /// <exception cref="ArgumentException">Images or labels are named for which there is nothing to compare.</exception>
    public (PrecisionComparison? Comparison, int Failed) Compare(
        ParseResult parsed,
        ClipEmbedder embedder,
        CancellationToken cancellationToken
    )
    {
        string[] images = [.. ImageArguments.Expand(parsed.GetValue(_images)!)];
        if (images.Length == 0)
        {
            return (null, 0);
        }

        using ClipEmbedder exact = model.Load(parsed, Precision.Float32, cancellationToken);
        EmbeddedImage[] expected = Embed(exact),
            found = Embed(embedder);
        List<(float[], float[])> pairs = [];
        foreach ((EmbeddedImage image, EmbeddedImage other) in expected.Zip(found))
        {
            if (image.Vector is null || other.Vector is null)
            {
                Console.Error.WriteLine(image.Error ?? other.Error);
            }
            else
            {
                pairs.Add((image.Vector, other.Vector));
            }
        }

        PromptSet? prompts = _labels.Read(parsed) is { } labels ? PromptSet.FromTemplates(labels, PromptTemplates.Simple) : null;
        return (
            pairs.Count == 0 ? null : PrecisionComparison.Create(exact, embedder, pairs, prompts, cancellationToken),
            images.Length - pairs.Count
        );

        EmbeddedImage[] Embed(ClipEmbedder by) =>
            [.. by.EmbedImages(images.Select(ImageSource.FromPath), cancellationToken: cancellationToken)];
    }

    /// <summary>Refuses what could not be compared, before anything that takes long.</summary>
    public void Check(ParseResult parsed)
    {
        bool hasImages = parsed.GetValue(_images) is { Length: > 0 };
        if (hasImages && model.Precision(parsed) == Precision.Float32)
        {
            throw new ArgumentException(
                "Images are for comparing int8 with float32; add --precision int8, or omit them (inspect pixels shows an image)."
            );
        }

        if (_labels.AreNamed(parsed) && !hasImages)
        {
            throw new ArgumentException(
                "Labels are for comparing answers about images; name images with --precision int8, or omit the labels."
            );
        }
    }

    /// <summary>For a program.</summary>
    public static Dictionary<string, object> Describe(PrecisionComparison comparison)
    {
        Dictionary<string, object> description = new()
        {
            ["cosineMean"] = Math.Round(comparison.Cosines.Average(static cosine => (double)cosine), 6),
            ["cosineMin"] = Math.Round((double)comparison.Cosines.Min(), 6),
        };
        if (comparison.SameTop1 is { } same)
        {
            description["sameTop1"] = (double)same / comparison.Cosines.Count;
        }

        return description;
    }

    /// <summary>For a person.</summary>
    public static string Say(PrecisionComparison comparison) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the cosine with float32's embedding is {comparison.Cosines.Average():0.00000} on average and "
                + $"{comparison.Cosines.Min():0.00000} at least"
        )
        + (
            comparison.SameTop1 is { } same
                ? $"; {NumberFormat.Percent((double)same / comparison.Cosines.Count)} of {comparison.Cosines.Count} "
                    + $"{(comparison.Cosines.Count == 1 ? "image" : "images")} get the same label"
                : $" of {comparison.Cosines.Count} {(comparison.Cosines.Count == 1 ? "image" : "images")}"
        );
}
