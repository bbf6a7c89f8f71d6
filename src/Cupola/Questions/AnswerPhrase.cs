using System.Globalization;
using System.Text.RegularExpressions;
using Cupola.Prompts;

namespace Cupola.Questions;

/// <summary>An answer as a part of a sentence: with an article, as a number of things, as a place, a time or a reason.</summary>
internal static partial class AnswerPhrase
{
    private static readonly string[] Numbers = [.. QuestionWords.List("numbers").Where(static word => word != "none")];
    private static readonly HashSet<string> Determiners = QuestionWords.Set("determiners");
    private static readonly HashSet<string> StandAlone = QuestionWords.Set("stand-alone");
    private static readonly HashSet<string> Adjectives = QuestionWords.Set("adjectives");
    private static readonly HashSet<string> Colors = QuestionWords.Set("colors");
    private static readonly HashSet<string> KindsWithoutArticle = QuestionWords.Set("kinds-without-article");
    private static readonly HashSet<string> Prepositions = QuestionWords.Set("prepositions");
    private static readonly HashSet<string> PlacesOn = QuestionWords.Set("places-on");
    private static readonly HashSet<string> PlacesAt = QuestionWords.Set("places-at");
    private static readonly HashSet<string> PlacesAlone = QuestionWords.Set("places-alone");
    private static readonly HashSet<string> PlacesWithoutThe = QuestionWords.Set("places-without-the");
    private static readonly HashSet<string> TimesAt = QuestionWords.Set("times-at");
    private static readonly HashSet<string> TimesThe = QuestionWords.Set("times-the");
    private static readonly HashSet<string> TimesAlone = QuestionWords.Set("times-alone");
    private static readonly HashSet<string> Days = QuestionWords.Set("days");
    private static readonly HashSet<string> ReasonClauses = QuestionWords.Set("reason-clauses");

    /// <summary>The number that an answer names; null where it names none.</summary>
    public static int? Count(string answer)
    {
        string word = answer.Equals("none", StringComparison.OrdinalIgnoreCase) ? "zero" : answer.ToLowerInvariant();
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : Array.IndexOf(Numbers, word) is >= 0 and int index ? index
            : null;
    }

    /// <summary>Whether an answer is a quality, such as a color or a side, and no thing.</summary>
    public static bool IsQuality(string answer) => Adjectives.Contains(answer) || Colors.Contains(answer);

    /// <summary>Whether an answer is a color or several: red, red and white.</summary>
    public static bool IsColor(string answer) =>
        answer
            .Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
            .Where(static word => word is not ("and" or "light" or "dark"))
            .ToArray()
            is { Length: > 0 } words
        && words.All(Colors.Contains);

    /// <summary>With "a" or "an" where the language has it: an umbrella, skis, 42.</summary>
    public static string WithArticle(string answer)
    {
        string first = answer.Split(' ')[0];
        bool isBare =
            Determiners.Contains(first)
            || StandAlone.Contains(answer)
            || IsQuality(answer)
            || Count(first) is not null
            || Prepositions.Contains(first)
            || answer.Length < 2
            || char.IsUpper(answer[0])
            || !char.IsLetter(answer[0])
            || NounNumber.IsPlural(answer);
        return isBare || ClassArticle.For(answer) is not { Length: > 0 } article ? answer : $"{article} {answer}";
    }

    /// <summary>As what a kind of things is: this animal is a dog, this country is england.</summary>
    public static string OfKind(string answer, string noun) =>
        KindsWithoutArticle.Contains(noun.Split(' ')[^1]) ? answer : WithArticle(answer);

    /// <summary>With "the", in place of "a".</summary>
    public static string WithThe(string answer)
    {
        string[] words = answer.Split(' ');
        return words[0] is "a" or "an" && words.Length > 1 ? $"the {string.Join(' ', words[1..])}"
            : Determiners.Contains(words[0]) || char.IsUpper(answer[0]) ? answer
            : $"the {answer}";
    }

    /// <summary>So many things: two dogs, one dog, no dogs, lots of dogs.</summary>
    public static string Several(string answer, string noun) =>
        Count(answer) switch
        {
            0 => $"no {noun}",
            1 => $"one {NounNumber.Singular(noun)}",
            int number => $"{(number < Numbers.Length ? Numbers[number] : answer)} {noun}",
            null => $"{Amount(answer)} {noun}",
        };

    /// <summary>So much of something: "a lot of".</summary>
    public static string Amount(string answer) =>
        answer is "lots" or "a lot" or "alot" or "tons" or "plenty" ? $"{answer} of" : answer;

    /// <summary>Where something is: on the couch, in london, outside.</summary>
    public static string Place(string answer)
    {
        string[] words = answer.Split(' ');
        string rest = words[0] is "the" && words.Length > 1 ? string.Join(' ', words[1..]) : answer;
        bool isNamed = PlacesWithoutThe.Contains(rest) || char.IsUpper(rest[0]) || Determiners.Contains(rest.Split(' ')[0]);
        return PlacesAlone.Contains(answer) || words[0].EndsWith("ing", StringComparison.Ordinal) ? answer
            : words is [{ } preposition, { } thing] && Prepositions.Contains(preposition)
                ? PlacesWithoutThe.Contains(thing) || NounNumber.IsPlural(thing) || Determiners.Contains(thing) ? answer
                    : $"{preposition} the {thing}"
            : Prepositions.Contains(words[0]) ? answer
            : $"{PrepositionOf(rest)} {(isNamed ? rest : $"the {rest}")}";
    }

    /// <summary>Where something goes: to the station, home.</summary>
    public static string Destination(string answer)
    {
        string first = answer.Split(' ')[0];
        bool isWhole = PlacesAlone.Contains(answer) || IsQuality(answer) || Prepositions.Contains(first);
        return isWhole ? answer : $"to {(PlacesWithoutThe.Contains(answer) ? answer : WithThe(answer))}";
    }

    /// <summary>When something is: at night, in the morning, in 1990.</summary>
    public static string Time(string answer) =>
        Prepositions.Contains(answer.Split(' ')[0]) || TimesAlone.Contains(answer) ? answer
        : TimesAt.Contains(answer) || ClockTime().IsMatch(answer) ? $"at {answer}"
        : TimesThe.Contains(answer) ? $"in the {answer}"
        : Days.Contains(answer) ? $"on {answer}"
        : answer.StartsWith("the ", StringComparison.Ordinal) ? $"during {answer}"
        : $"in {answer}";

    /// <summary>Why something is: for safety, because it's cold, to watch.</summary>
    public static string Reason(string answer)
    {
        string first = answer.Split(' ')[0];
        return first is "to" or "for" or "because" or "so" or "in" ? answer
            : ReasonClauses.Contains(first) ? $"because {answer}"
            : IsQuality(answer) ? $"because of this: {answer}"
            : first.EndsWith("ing", StringComparison.Ordinal) ? $"because of {answer}"
            : $"for {answer}";
    }

    private static string PrepositionOf(string place)
    {
        string last = place.Split(' ')[^1];
        return PlacesOn.Contains(place) || PlacesOn.Contains(last) ? "on"
            : PlacesAt.Contains(place) || PlacesAt.Contains(last) || last == "zoo" ? "at"
            : "in";
    }

    [GeneratedRegex(
        @"^\d{1,2}(:\d\d)?( ?[ap]\.?m\.?|:\d\d| o'?clock)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ClockTime();
}
