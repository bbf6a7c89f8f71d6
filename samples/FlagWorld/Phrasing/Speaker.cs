using System.Text;

namespace FlagWorld.Phrasing;

/// <summary>
/// Says things by chance in one of several ways. A pattern holds alternatives in brackets, which may be nested, "a [big|large]
/// disc", and slots for words, "a &lt;color&gt; disc".
/// </summary>
internal sealed class Speaker(CounterRandom random)
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
    public string SayOne(ReadOnlySpan<string> patterns, params ReadOnlySpan<(string Slot, string Words)> slots) =>
        Say(random.Pick(patterns), slots);

    /// <summary>"red, white and blue", with or without the last comma.</summary>
    public string List(IReadOnlyList<string> words) =>
        words.Count switch
        {
            0 => "",
            1 => words[0],
            2 => $"{words[0]} and {words[1]}",
            _ => $"{string.Join(", ", words.Take(words.Count - 1))}{(random.Chance(0.4) ? "," : "")} and {words[^1]}",
        };

    /// <summary>Right articles, single blanks, and where it is a sentence, a capital and a full stop.</summary>
    public static string Finish(string text, bool sentence)
    {
        StringBuilder clean = new();
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int place = 0; place < words.Length; place++)
        {
            string word = words[place];
            if (clean.Length > 0 && word[0] is not (',' or '.' or ';'))
            {
                clean.Append(' ');
            }

            bool begins = sentence && (place == 0 || EndsSentence(clean));
            clean.Append(begins ? char.ToUpperInvariant(word[0]) : word[0]).Append(word.AsSpan(1));
            if (word is "a" or "A" && place + 1 < words.Length && SoundsLikeVowel(words[place + 1]))
            {
                clean.Append('n');
            }
        }

        return sentence ? $"{clean.ToString().TrimEnd('.')}." : clean.ToString();
    }

    private static bool EndsSentence(StringBuilder text) => text.Length > 1 && text[^1] == ' ' && text[^2] == '.';

    private static bool SoundsLikeVowel(string word) =>
        ("aeioAEIO8".Contains(word[0]) && !word.StartsWith("one", StringComparison.Ordinal))
        || (word[0] is 'u' or 'U' && !word.StartsWith("uni", StringComparison.OrdinalIgnoreCase))
        || word is "X" or "H" or "11" or "18"
        || word.StartsWith("X-", StringComparison.Ordinal)
        || word.StartsWith("11-", StringComparison.Ordinal)
        || word.StartsWith("18-", StringComparison.Ordinal);

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
            } while (pattern[position] == '|');
            position++;
            text.Append(alternatives[random.Below(alternatives.Count)]);
        }

        return text.ToString();
    }
}
