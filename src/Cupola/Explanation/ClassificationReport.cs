using System.Globalization;
using System.Xml.Linq;
using Cupola.Images;
using Cupola.Reports;
using static System.FormattableString;

namespace Cupola.Explanation;

/// <summary>An answer with its prompt attributions.</summary>
/// <param name="Image">The file or address.</param>
/// <param name="Predictions">The best classes, the best first.</param>
/// <param name="Arguments">The prompts for and against the answer.</param>
internal sealed record ExplainedAnswer(string Image, IReadOnlyList<Prediction> Predictions, PromptAttributions Arguments)
{
    /// <summary>The labeled examples that are most like the image; none where it was answered without.</summary>
    public IReadOnlyList<NearExample> Examples { get; init; } = [];

    /// <summary>The answer and its rival, for their maps; null for a page without maps.</summary>
    public (MappedClass Answer, MappedClass Rival)? Mapped { get; init; }
}

/// <summary>Writes an HTML report of images, their answers, and the prompts for and against each.</summary>
internal static class ClassificationReport
{
    /// <summary>The most images; a longer page is not read, and browsers do not open it.</summary>
    public const int MostImages = 200;

    private const int LongestSide = 480;

    /// <summary>The longer side of an example's thumbnail.</summary>
    private const int ExampleSide = 160;

    /// <summary>Writes the report; the file is replaced atomically.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="answers">The answers, at most <see cref="MostImages"/>.</param>
    /// <param name="notShown">The number of further classified images.</param>
    /// <param name="orient">Whether to apply the images' EXIF orientation.</param>
    /// <param name="maps">Draws where in the images scores come from; null for a page without maps.</param>
    public static void Write(
        string path,
        IReadOnlyList<ExplainedAnswer> answers,
        int notShown = 0,
        bool orient = false,
        AnswerMaps? maps = null
    )
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(answers.Count, MostImages, nameof(answers));
        List<XElement> sections = [.. answers.Select(answer => Section(answer, orient, maps))];
        if (notShown > 0)
        {
            sections.Add(HtmlPage.Element("p", "quiet", Invariant($"{notShown} more images were classified and are not shown.")));
        }

        HtmlPage.Write(
            path,
            "Why this label",
            "Each sentence is compared with the image. One about the answer speaks for it as far as it fits better than the "
                + "runner-up's score; one about another class speaks against it "
                + "as far as it fits better than the answer's score.",
            sections
        );
    }

    private static XElement Section(ExplainedAnswer answer, bool orient, AnswerMaps? maps)
    {
        byte[]? jpeg = Thumbnail.ReadJpeg(ImageSource.FromPath(answer.Image), orient, LongestSide);
        Prediction best = answer.Predictions[0];
        return HtmlPage.Section(
            best.Label,
            answer.Image,
            HtmlPage.Element(
                "div",
                "answer",
                HtmlPage.Element(
                    "div",
                    "card",
                    jpeg is null
                        ? HtmlPage.Element("p", "missing", "The image could not be read again.")
                        : HtmlPage.Image(jpeg, answer.Image)
                ),
                HtmlPage.Element(
                    "dl",
                    "answers",
                    answer.Predictions.Select((prediction, rank) => Bar(prediction, isAnswer: rank == 0))
                )
            ),
            answer.Mapped is { } mapped
                ? maps?.Describe(ImageSource.FromPath(answer.Image), orient, mapped.Answer, mapped.Rival)
                : null,
            Arguments($"For “{best.Label}”", "Nothing that was said of it fits better than the runner-up.", answer.Arguments.For),
            Arguments($"Against “{best.Label}”", "Nothing.", answer.Arguments.Against),
            answer.Examples.Count == 0 ? null : Examples(answer.Examples, best.Label)
        );
    }

    /// <summary>The examples that are most like the image, with their labels.</summary>
    private static XElement Examples(IReadOnlyList<NearExample> examples, string answer) =>
        HtmlPage.Element(
            "div",
            "arguments",
            HtmlPage.Element("h3", null, "The examples that are most like it"),
            HtmlPage.Element("div", "examples", examples.Select(example => Example(example, example.Label == answer)))
        );

    private static XElement Example(NearExample example, bool isOfAnswer)
    {
        byte[]? jpeg = Thumbnail.ReadJpeg(example.Image, orient: false, ExampleSide);
        return HtmlPage.Element(
            "figure",
            null,
            jpeg is null
                ? HtmlPage.Element("p", "missing", "The image could not be read again.")
                : HtmlPage.Image(jpeg, example.Image.Name),
            HtmlPage.Element(
                "figcaption",
                isOfAnswer ? "right" : "wrong",
                $"{example.Label} {example.Cosine.ToString("0.00", CultureInfo.InvariantCulture)}"
            )
        );
    }

    private static object[] Bar(Prediction prediction, bool isAnswer) =>
        [
            HtmlPage.Element("dt", null, prediction.Label),
            HtmlPage.Element("dd", null, NumberFormat.Percent(prediction.Probability)),
            HtmlPage.Element(
                "div",
                isAnswer ? "share true" : "share",
                HtmlPage.Element("i", null, new XAttribute("style", $"width:{NumberFormat.Short(prediction.Probability * 100)}%"))
            ),
        ];

    private static XElement Arguments(string heading, string none, IReadOnlyList<PromptAttribution> arguments) =>
        HtmlPage.Element(
            "div",
            "arguments",
            HtmlPage.Element("h3", null, heading),
            arguments.Count == 0
                ? HtmlPage.Element("p", "quiet", none)
                : HtmlPage.Table(
                    ["about", "sentence", "#cosine", "#margin"],
                    arguments.Select(static argument =>
                        (IReadOnlyList<object>)
                            [
                                argument.Label,
                                argument.Text,
                                argument.Cosine.ToString("0.000", CultureInfo.InvariantCulture),
                                HtmlPage.Element(
                                    "span",
                                    argument.Margin > 0 ? "right" : "wrong",
                                    argument.Margin.ToString("+0.000;−0.000", CultureInfo.InvariantCulture)
                                ),
                            ]
                    )
                )
        );
}
