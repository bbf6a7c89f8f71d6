using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cupola.Prompts;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>
/// How a page calls prompt sets: a number on a disc, and the name, with files named without their folders as long as all names
/// still differ.
/// </summary>
internal sealed class SetLabels
{
    /// <summary>Longer names are cut; the whole name shows where one points at it.</summary>
    private const int LongestName = 80;

    private readonly Dictionary<EvaluationResult, (int Number, string Name)> _labels;

    public SetLabels(IReadOnlyList<EvaluationResult> sets)
    {
        string[] names = [.. sets.Select(static set => Readable(set.Name))];
        bool differ = names.Distinct(StringComparer.Ordinal).Count() == names.Length;
        _labels = sets.Index()
            .ToDictionary(static set => set.Item, set => (set.Index + 1, differ ? names[set.Index] : set.Item.Name));
    }

    /// <summary>The name in a sentence.</summary>
    public string Name(EvaluationResult set) =>
        _labels[set].Name is { Length: > LongestName } name ? name[..LongestName] + "…" : _labels[set].Name;

    /// <summary>The number and the name.</summary>
    public XElement[] Label(EvaluationResult set) =>
        [Disc(set), HtmlPage.Element("span", "name", new XAttribute("title", set.Name), Name(set))];

    /// <summary>The number alone.</summary>
    public XElement Disc(EvaluationResult set) =>
        HtmlPage.Element(
            "span",
            set.Candidate.Control is null ? "disc" : "disc control",
            new XAttribute("title", set.Name),
            _labels[set].Number.ToString(CultureInfo.InvariantCulture)
        );

    private static string Readable(string name)
    {
        if (name.Contains(PromptSource.TemplatePrefix, StringComparison.Ordinal))
        {
            return name.StartsWith(PromptSource.TemplatePrefix, StringComparison.Ordinal)
                ? $"“{name[PromptSource.TemplatePrefix.Length..]}”"
                : name;
        }

        // A folder ends in a slash; + stands between parts and : behind "shuffled", or behind the letter of a drive.
        return Regex
            .Replace(name, @"(?:(?<![A-Za-z])[A-Za-z]:)?[^+:]*[/\\]", "", RegexOptions.None, Regex.InfiniteMatchTimeout)
            .Replace("+", " + ", StringComparison.Ordinal)
            .Replace(":", ": ", StringComparison.Ordinal);
    }
}
