using System.Globalization;
using System.Text;

namespace Cupola.Prompts;

/// <summary>
/// Chooses "a" or "an" before words: "an" before a vowel sound, however it is spelled (an hour, a unicorn, an X-ray, an FBI
/// agent, a European, an 8-ball).
/// </summary>
internal static class IndefiniteArticle
{
    /// <summary>The letters whose names begin with a vowel: "eff", "aitch", "em".</summary>
    private const string LettersThatSoundLikeVowels = "aefhilmnorsx";

    // Longer words in capitals are read as words: NAUTILUS.
    private const int LongestAcronym = 5;

    // mp3, TV, rc: no word so short lacks a vowel.
    private const int LongestWithoutVowel = 4;

    private static readonly HashSet<string> SpokenAsWords = WordLists.Articles.Set("spokenAsWords");
    private static readonly HashSet<string> Abbreviations = WordLists.Articles.Set("abbreviations");
    private static readonly HashSet<string> LettersThoughWritten = WordLists.Articles.Set("lettersThoughWritten");
    private static readonly IReadOnlyList<string> VowelSounds = WordLists.Articles.List("startsWithVowelSound");
    private static readonly IReadOnlyList<string> ConsonantSounds = WordLists.Articles.List("startsWithConsonantSound");

    /// <summary>Chooses the article for the first of some words.</summary>
    /// <param name="words">The words after the article: "honest mistake".</param>
    /// <returns><c>a</c> or <c>an</c>; <c>a</c> if nothing decides.</returns>
    public static string Before(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        string word = FirstWord(words);
        return word.Length > 0 && StartsWithVowelSound(word) ? "an" : "a";
    }

    private static bool StartsWithVowelSound(string word)
    {
        if (char.IsAsciiDigit(word[0]))
        {
            string digits = string.Concat(word.TakeWhile(char.IsAsciiDigit));
            // Eight, eighty, eight hundred; eleven and eighteen, alone or of thousands.
            return digits[0] == '8' || (digits.Length % 3 == 2 && digits[..2] is "11" or "18");
        }

        string letters = string.Concat(word.TakeWhile(char.IsAsciiLetter));
        if (LettersThoughWritten.Contains(word) || LettersThoughWritten.Contains(letters) || IsSpelled(letters))
        {
            return LettersThatSoundLikeVowels.Contains(char.ToLowerInvariant(letters[0]), StringComparison.Ordinal);
        }

        string lower = word.ToLowerInvariant();
        // A full stop in the list means the complete word: hors d'oeuvre, but not a horse.
        bool Starts(string beginning) =>
            beginning[^1] == '.' ? lower == beginning[..^1] : lower.StartsWith(beginning, StringComparison.Ordinal);
        bool isSilentConsonant = VowelSounds.Any(Starts);
        bool isVowel =
            "aeiou".Contains(lower[0], StringComparison.Ordinal)
            // Before a consonant, y is a vowel: yttrium.
            || (lower.Length > 1 && lower[0] == 'y' && !"aeiou".Contains(lower[1], StringComparison.Ordinal));
        return isSilentConsonant || (isVowel && !ConsonantSounds.Any(Starts));
    }

    /// <summary>Whether a word is read letter by letter: X, FBI, SUV, mp; but not NASA, RAM or St..</summary>
    private static bool IsSpelled(string letters)
    {
        if (letters.Length == 0 || SpokenAsWords.Contains(letters))
        {
            return false;
        }

        bool hasVowel = letters.Any("aeiouyAEIOUY".Contains);
        bool isCapital = letters.All(char.IsAsciiLetterUpper);
        if (!isCapital && Abbreviations.Contains(letters))
        {
            return false;
        }

        return letters.Length == 1
            || (!hasVowel && letters.Length <= LongestWithoutVowel)
            || (isCapital && letters.Length <= LongestAcronym && (letters.Length <= 3 || !letters.Skip(1).Any("AEIOU".Contains)));
    }

    /// <summary>The first word without accents and without signs before it, such as a quotation mark.</summary>
    private static string FirstWord(string words)
    {
        StringBuilder word = new();
        foreach (
            char letter in words
                .Replace("Ø", "O", StringComparison.OrdinalIgnoreCase)
                .Replace("Æ", "Ae", StringComparison.OrdinalIgnoreCase)
                .Replace("Œ", "Oe", StringComparison.OrdinalIgnoreCase)
                .Normalize(NormalizationForm.FormD)
        )
        {
            if (char.IsAsciiLetterOrDigit(letter) || (word.Length > 0 && letter is '-' or '\''))
            {
                word.Append(letter);
            }
            else if (word.Length > 0 && CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                break;
            }
            else if (char.IsLetter(letter))
            {
                // Another script: its pronunciation is unknown.
                return "";
            }
        }

        return word.ToString();
    }
}
