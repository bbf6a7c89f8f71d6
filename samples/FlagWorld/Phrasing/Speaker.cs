using System.Text;
using System.Text.RegularExpressions;

namespace FlagWorld.Phrasing;

/// <summary>
/// Says things by chance in one of several ways. A pattern holds alternatives in brackets, which may be nested, "a [big|large] disc", and slots for words, "a &lt;colour&gt; disc".
/// </summary>
internal sealed partial class Speaker(CounterRandom random)
{
    public CounterRandom Random => random;

    /// <summary>One of the things that a pattern can say.</summary>
    public string Say(string pattern, params ReadOnlySpan<(string Slot, string Words)> slots)
    {
        int position = 0;
        StringBuilder said = new(Choose(pattern, ref position));
        foreach ((string slot, string words) in slots)
        {
            said.Replace($"<{slot}>", words);
        }

        return said.ToString();
    }

    /// <summary>One of these patterns, said.</summary>
    public string SayOne(ReadOnlySpan<string> patterns, params ReadOnlySpan<(string Slot, string Words)> slots) => Say(random.Pick(patterns), slots);

    /// <summary>"red, white and blue", with or without the last comma.</summary>
    public string List(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "",
        1 => words[0],
        2 => $"{words[0]} and {words[1]}",
        _ => $"{string.Join(", ", words.Take(words.Count - 1))}{(random.Chance(0.4) ? "," : "")} and {words[^1]}",
    };

    /// <summary>Right articles, single blanks, and where it is a sentence, a capital and a full stop.</summary>
    public static string Finish(string text, bool sentence)
    {
        string clean = Spaces().Replace(text.Trim(), " ").Replace(" ,", ",", StringComparison.Ordinal).Replace(" .", ".", StringComparison.Ordinal);
        clean = Article().Replace(clean, "${a}n ");
        return !sentence ? clean
            : Begin().Replace($"{clean.TrimEnd('.')}.", static match => match.Value.ToUpperInvariant());
    }

    private string Choose(string pattern, ref int position)
    {
        StringBuilder text = new();
        while (position < pattern.Length && pattern[position] is not ('|' or ']'))
        {
            if (pattern[position] != '[')
            {
                text.Append(pattern[position++]);
                continue;
            }

            List<string> alternatives = [];
            do
            {
                position++;
                alternatives.Add(Choose(pattern, ref position));
            }
            while (pattern[position] == '|');
            position++;
            text.Append(alternatives[random.Below(alternatives.Count)]);
        }

        return text.ToString();
    }

    [GeneratedRegex(" {2,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\b(?<a>[aA]) (?=[aeiouAEIO8]|11|18|[XH]\b)(?!one|uni)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Article();

    [GeneratedRegex(@"^[a-z]|(?<=[.] )[a-z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Begin();
}
