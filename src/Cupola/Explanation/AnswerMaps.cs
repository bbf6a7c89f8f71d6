using System.Globalization;
using System.Xml.Linq;
using Cupola.Images;
using Cupola.Maps;
using Cupola.Models;
using Cupola.Reports;

namespace Cupola.Explanation;

/// <summary>A class that a map is made for.</summary>
/// <param name="Label">The class.</param>
/// <param name="Vector">By what its score is computed, [dimension].</param>
internal sealed record MappedClass(string Label, float[] Vector);

/// <summary>Draws where in an image the scores of an answer and its rival come from, and where they differ.</summary>
internal sealed class AnswerMaps : IDisposable
{
    private const int LongestSide = 480;

    private readonly MapEncoder _encoder;
    private readonly MapKind _kind;

    /// <summary>For a model and a kind of map.</summary>
    /// <exception cref="InvalidDataException">The model has no such maps.</exception>
    public AnswerMaps(ClipEmbedder embedder, MapKind kind)
    {
        (_encoder, _kind) = (MapEncoder.Create(embedder), kind);
        _encoder.Require(kind);
    }

    /// <summary>How to read them.</summary>
    public string Lead =>
        _kind == MapKind.Exact
            ? "A score is the sum of what each place of the image contributes and of what belongs to no place (arXiv 2310.05916)."
            : "Each place of the image is compared with the sentences by itself.";

    /// <summary>The maps as figures, and the terms as a table; null if the image cannot be read.</summary>
    /// <param name="source">The image.</param>
    /// <param name="orient">Whether to apply its EXIF orientation.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="rival">The runner-up.</param>
    public XElement? Describe(ImageSource source, bool orient, MappedClass answer, MappedClass rival)
    {
        try
        {
            using RgbImage image = source.DecodeShared(orient, CancellationToken.None);
            ImageMaps maps = new(_encoder, new([.. answer.Vector, .. rival.Vector], 2, answer.Vector.Length), _kind);
            return Describe(image, maps.Explain(image), maps.Overlay, answer.Label, rival.Label);
        }
        catch (Exception exception) when (ImageReader.IsBroken(exception))
        {
            return null;
        }
    }

    /// <summary>Frees what was made ready; the model stays.</summary>
    public void Dispose() => _encoder.Dispose();

    private XElement Describe(RgbImage image, ImageExplanation explained, MapOverlay overlay, string answer, string rival)
    {
        (HeatMap first, HeatMap second) = (explained.Shown[0], explained.Shown[1]);
        return HtmlPage.Element(
            "div",
            "arguments",
            HtmlPage.Element("h3", null, "Where in the image"),
            HtmlPage.Element("p", "quiet small", Lead),
            HtmlPage.Element(
                "div",
                "maps",
                Figure(first.Shares(), HeatColors.Heat, "heat", $"For “{answer}”", "less", "more"),
                Figure(second.Shares(), HeatColors.Heat, "heat", $"For “{rival}”", "less", "more"),
                Figure(HeatMap.Difference(first, second), HeatColors.Difference, "difference", "Their difference", rival, answer)
            ),
            Terms(explained.Exact, answer, rival)
        );

        XElement Figure(float[] shares, MapOverlay.Coloring coloring, string scale, string title, string low, string high)
        {
            using RgbImage drawn = overlay.OnImage(image, LongestSide, shares, coloring);
            return HtmlPage.Element(
                "figure",
                "panel",
                HtmlPage.Element("figcaption", null, title),
                HtmlPage.Image(Thumbnail.Jpeg(drawn, LongestSide), title),
                HtmlPage.Element(
                    "div",
                    "ends",
                    HtmlPage.Element("span", null, low),
                    HtmlPage.Element("i", $"scale-{scale}"),
                    HtmlPage.Element("span", null, high)
                )
            );
        }
    }

    private static XElement Terms(IReadOnlyList<ImageMap> maps, string answer, string rival)
    {
        float[] first = [.. maps[0].Terms],
            second = [.. maps[1].Terms];
        return HtmlPage.Table(
            ["", "#score", "#places", "#class token", "#attention bias", "#earlier layers", "#MLPs", "#initial", "#norm bias"],
            [
                Row(answer, maps[0].Cosine, first),
                Row(rival, maps[1].Cosine, second),
                Row("difference", maps[0].Cosine - maps[1].Cosine, first.Zip(second, static (left, right) => left - right)),
            ]
        );
    }

    private static IReadOnlyList<object> Row(string name, float score, IEnumerable<float> terms) =>
        [name, Format(score), .. terms.Select(Format)];

    private static string Format(float value) => value.ToString("0.0000;−0.0000", CultureInfo.InvariantCulture);
}
