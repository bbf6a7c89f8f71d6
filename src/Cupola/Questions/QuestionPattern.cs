using System.Text;
using System.Text.RegularExpressions;

namespace Cupola.Questions;

/// <summary>
/// A form of questions: words, <c>(one|other)</c>, <c>[kind]</c> ("kind of", which may be missing), <c>{name}</c> for one word or
/// more, <c>{name?}</c> for any number, <c>{name=one|other}</c>, and <c>{name:class}</c> for words of a class, such as
/// <c>{act:ing}</c>. Of several ways in which a question fits, the first names are as short as they can be.
/// </summary>
internal sealed class QuestionPattern
{
    private const string Kind = "(?:(?:kind|type|sort|breed|style|variety|species|brand|flavor|make|form)s? of (?:an? )?)?";

    /// <summary>No question of VQAv2 has more than 23 words.</summary>
    private const int MostWords = 40;

    // Questions of so few words take milliseconds; a machine that stands still for a second must not change an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, string> Classes = ReadClasses();

    private readonly Regex _regex;

    public QuestionPattern(string text)
    {
        StringBuilder regex = new("^");
        string space = "";
        foreach (string token in Tokens(text))
        {
            regex.Append(
                token[0] switch
                {
                    '[' => space + Kind,
                    '{' when token.EndsWith("?}", StringComparison.Ordinal) => $"(?:{space}{Gap(token[1..^2])})?",
                    '{' => space + Gap(token[1..^1]),
                    '(' => $"{space}(?:{token[1..^1]})",
                    _ => space + Regex.Escape(token),
                }
            );
            // "Kind of" ends with its own space.
            space = token[0] == '[' ? "" : " ";
        }

        _regex = new(
            regex.Append('$').ToString(),
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
            Patience
        );
    }

    /// <summary>What stands at the pattern's names, or null where the question has another form.</summary>
    public Dictionary<string, string>? Match(string question)
    {
        if (question.Count(static letter => letter == ' ') >= MostWords && _regex.GetGroupNames().Length > 2)
        {
            return null;
        }

        Match match = _regex.Match(question);
        return match.Success
            ? match
                .Groups.Values.Skip(1)
                .ToDictionary(static group => group.Name, static group => group.Value, StringComparer.Ordinal)
            : null;
    }

    private static IEnumerable<string> Tokens(string text) =>
        Regex
            .Matches(text, @"\{[^}]*\}|\([^)]*\)|\[[^\]]*\]|\S+", RegexOptions.None, Patience)
            .Select(static token => token.Value);

    private static string Gap(string name) =>
        name.Split('=') is [{ } named, { } words] ? $"(?<{named}>{words})"
        : name.Split(':') is [{ } of, { } kind] ? $"(?<{of}>{Classes[kind]})"
        : $@"(?<{name}>\S+(?: \S+)*?)";

    private static Dictionary<string, string> ReadClasses()
    {
        string prepositions = Alternatives("prepositions"),
            determiners = Alternatives("determiners"),
            pronouns = Alternatives("pronouns"),
            adverbs = Alternatives("adverbs"),
            adjectives = Alternatives("adjectives"),
            participles = $@"(?:{Alternatives("participles")}|(?!(?:{Alternatives("not-participles")})\b)\w+ed)",
            doing = $@"(?!(?:{Alternatives("nouns-in-ing")})\b)[\w-]+ing",
            plain = $@"(?!(?:{prepositions})\b)\S+";
        const string Words = @"(?: \S+)*",
            Articles = "a|an|the|his|her|their|its|my|your|our|any";
        return new(StringComparer.Ordinal)
        {
            ["word"] = @"\S+",
            ["verb"] = $"(?:{Alternatives("verbs")})",
            ["sform"] = @"(?!(?:is|was|does)\b)\w+[^s\W]s",
            ["ing"] = doing,
            ["preposition"] = $"(?:{prepositions})",
            ["place"] = $@"(?:{prepositions})\b{Words}",
            ["participle"] = participles,
            ["participles"] = $@"(?:(?:{adverbs}|been) )*(?:been|{participles})\b{Words}",
            ["done"] = $@"(?:(?:{adverbs}) )*(?:{participles}|{adjectives})\b{Words}",
            ["adjective"] = $"(?:(?:{adverbs}) )*(?:{adjectives})",
            ["object"] = $@"(?:{Articles})\b{Words}",
            ["predicate"] =
                $@"(?:(?:{prepositions}|{Articles}|{adverbs}|{participles}|{doing})\b{Words}"
                + $@"|(?:{adjectives})(?: (?:{prepositions})\b{Words})?(?=$))",
            ["comparative"] = $@"(?:(?:more |less )?\S+ than|the same|as \S+ as|about to|able to)\b{Words}",
            ["state"] = $@"(?:{prepositions}|{adverbs}|{participles}|{doing})\b{Words}",
            ["start"] = $@"(?:(?:{pronouns})|(?:{determiners}) \S+(?: \S+)*?)",
            ["simple"] = $@"(?:(?:{pronouns})|(?:{determiners}) {plain}(?: {plain}){{0,2}}?)",
            // A subject does not end with a word that another one must follow.
            ["phrase"] =
                @"(?:(?!(?:a|an|the|of|his|her|their|my|your|our|its|all|any|both|there|no)\b)\S+"
                + $@"|\S+(?: \S+)+?(?<!\b(?:{Alternatives("ends")})))",
            ["quantified"] = @"(?:is|are|was|were|do|does) (?:all|both|every|everyone|everybody)\b.*",
        };
    }

    private static string Alternatives(string list) => string.Join('|', QuestionWords.List(list));
}
