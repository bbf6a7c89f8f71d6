using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cupola.Reports;

namespace Cupola.Evaluation;

/// <summary>
/// The labels of prompt sets in a report: a number on a disc, and the name, with files shortened to their names without folders
/// where these are unique.
/// </summary>
internal sealed class SetLabels
{
    /// <summary>The longest shown name; a longer one is cut, and shown in full as a tooltip.</summary>
    private const int LongestName = 80;

    /// <summary>The prefix of a template in a set's name.</summary>
    private const string Template = "template:";

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
        if (name.Contains(Template, StringComparison.Ordinal))
        {
            return name.StartsWith(Template, StringComparison.Ordinal) ? $"“{name[Template.Length..]}”" : name;
        }

        // A folder ends in a slash; + separates parts, and : follows "shuffled" or a drive letter.
        return Regex
            .Replace(name, @"(?:(?<![A-Za-z])[A-Za-z]:)?[^+:]*[/\\]", "", RegexOptions.None, Regex.InfiniteMatchTimeout)
            .Replace("+", " + ", StringComparison.Ordinal)
            .Replace(":", ": ", StringComparison.Ordinal);
    }
}
