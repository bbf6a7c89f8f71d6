using System.Globalization;
using System.Text.RegularExpressions;
using Cupola.Prompts;

namespace Cupola.Evaluation;

/// <summary>
/// Finds a class's name in sentences, in any case, in the singular or plural, its words joined by spaces, hyphens or underscores,
/// and replaces it by another name, with the article, capital letter and plural that the sentence needs.
/// </summary>
internal sealed class ClassMention
{
    private readonly string _name;
    private readonly Regex _mention;

    public ClassMention(string label)
    {
        // Text in brackets distinguishes equal names and is seldom written in a sentence: crane (bird).
        int bracket = label.IndexOf('(', StringComparison.Ordinal);
        _name = bracket > 0 ? label[..bracket].TrimEnd() : label;
        string[] words = [.. _name.Split([' ', '\t', '_', '-'], StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape)];
        string last = words.Length == 0 ? Regex.Escape(_name) : words[^1];
        string plural = last.EndsWith('y') ? $"(?:{last}|{last[..^1]}(?<plural>ies))" : $"{last}(?<plural>e?s)?";
        string aside = bracket > 0 ? $@"(?:\s*{Regex.Escape(label[bracket..])})?" : "";
        _mention = new(
            @"(?<![\p{L}\p{N}])(?:(?<article>an?)(?<space>\s+))?(?<name>"
                + $@"{string.Join(@"[\s_-]+", [.. words.SkipLast(1), plural])}){aside}(?![\p{{L}}\p{{N}}])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
            // No part of the pattern can match the same text in two ways, so the time is linear in the length of the sentence.
            Regex.InfiniteMatchTimeout
        );
    }

    /// <summary>The sentence about another class, or null if it does not name this one.</summary>
    public string? Rename(string sentence, ClassMention other) =>
        _mention.IsMatch(sentence) ? _mention.Replace(sentence, mention => Put(mention, other._name)) : null;

    private string Put(Match mention, string name)
    {
        Group article = mention.Groups["article"],
            found = mention.Groups["name"];
        bool begins = found.Index == 0 || !char.IsUpper(_name[0]);
        string put = mention.Groups["plural"].Success ? Plural(name) : name;
        put = begins && char.IsUpper(found.Value[0]) ? Capital(put) : put;
        if (!article.Success)
        {
            return put;
        }

        string before = IndefiniteArticle.Before(name);
        return (char.IsUpper(article.Value[0]) ? Capital(before) : before) + mention.Groups["space"].Value + put;
    }

    private static string Plural(string name) =>
        name switch
        {
            _ when name.EndsWith('s') && !name.EndsWith("ss", StringComparison.Ordinal) => name,
            _ when name.EndsWith('y') && name.Length > 1 && !"aeiou".Contains(name[^2], StringComparison.OrdinalIgnoreCase) =>
                name[..^1] + "ies",
            _ when name.EndsWith('x')
                    || name.EndsWith("ss", StringComparison.Ordinal)
                    || name.EndsWith("ch", StringComparison.Ordinal)
                    || name.EndsWith("sh", StringComparison.Ordinal) => name + "es",
            _ => name + "s",
        };

    private static string Capital(string text) =>
        text.Length == 0 ? text : char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];
}
