using System.Xml.Linq;
using Cupola.Images;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>The images with the most confident wrong answers.</summary>
internal static class WrongImageSection
{
    /// <summary>The most images; at about 10 kB each, they take half a megabyte.</summary>
    private const int MostImages = 48;

    private const int LongestSide = 280;

    public static XElement? Create(
        EvaluationResult set,
        string name,
        string dataset,
        IReadOnlyList<ImageSource> images,
        CancellationToken cancellationToken
    )
    {
        (int Index, ImageResult Outcome)[] wrong =
        [
            .. set
                .Outcomes.Index()
                .Where(static each => !each.Item.IsRight)
                .OrderByDescending(static each => each.Item.Confidence)
                .ThenBy(static each => each.Item.TruthProbability)
                .Take(MostImages),
        ];
        return wrong.Length == 0
            ? null
            : HtmlPage.Section(
                "The most confident mistakes",
                $"The wrong answers of {name} with the highest probabilities. Some images show both, and some are labeled "
                    + "wrongly: look "
                    + "before you blame the model.",
                HtmlPage.Element(
                    "div",
                    "cards",
                    wrong
                        .AsParallel()
                        .AsOrdered()
                        .WithCancellation(cancellationToken)
                        .Select(each => Card(set, dataset, images[each.Index], each.Outcome, cancellationToken))
                        .ToArray()
                        .AsEnumerable()
                )
            );
    }

    private static XElement Card(
        EvaluationResult set,
        string dataset,
        ImageSource image,
        ImageResult outcome,
        CancellationToken cancellationToken
    )
    {
        byte[]? jpeg = Thumbnail.ReadJpeg(image, orient: false, LongestSide, cancellationToken);
        string rank = NumberFormat.Count(outcome.Rank + 1),
            name = image.Name.StartsWith(dataset, StringComparison.Ordinal)
                ? image.Name[dataset.Length..].TrimStart('/', '\\')
                : image.Name;
        return HtmlPage.Element(
            "div",
            "card",
            jpeg is null
                ? HtmlPage.Element("p", "missing", "The image could not be read again.")
                : HtmlPage.Image(jpeg, $"An image of the class {HtmlPage.Shortened(set.Labels[outcome.Truth])}"),
            HtmlPage.Element(
                "div",
                "says",
                HtmlPage.Element(
                    "dl",
                    "answers",
                    Bar("said", set.Labels[outcome.Answer], outcome.Confidence, "share"),
                    Bar("is", set.Labels[outcome.Truth], outcome.TruthProbability, "share true")
                ),
                HtmlPage.Element(
                    "p",
                    "path",
                    $"The right label was number {rank}.",
                    HtmlPage.Element("br", null),
                    HtmlPage.Shortened(name)
                )
            )
        );
    }

    private static object[] Bar(string verb, string label, float probability, string style) =>
        [
            HtmlPage.Element(
                "dt",
                null,
                HtmlPage.Element("span", "quiet", verb + " "),
                HtmlPage.Element("b", null, HtmlPage.Shortened(label))
            ),
            HtmlPage.Element("dd", null, NumberFormat.Percent(probability)),
            HtmlPage.Element(
                "div",
                style,
                HtmlPage.Element("i", null, new XAttribute("style", $"width:{NumberFormat.Short(probability * 100)}%"))
            ),
        ];
}
