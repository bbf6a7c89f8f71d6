using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Prompts.Writing;

/// <summary>
/// A question to a language model about each class: "Describe what {a} {} looks like:". <c>{}</c> is the class name; <c>{a}</c>
/// the name's article, which may be empty; <c>{a/an}</c> is always "a" or "an", for a noun after the name ("{a/an} {} flower").
/// </summary>
public sealed record PromptQuestion
{
    private const string Gap = "{}";
    private const string Article = "{a}";
    private const string AOrAn = "{a/an}";

    // CuPL asks for ten (generate_image_prompts.py); a thousand answers to one question are more than enough.
    private const int MostAnswers = 1000;

    /// <summary>Creates a question from its text.</summary>
    /// <param name="text">A text that contains <c>{}</c> once.</param>
    /// <param name="answers">How many answers are requested.</param>
    /// <exception cref="ArgumentException">
    /// The text does not contain <c>{}</c> exactly once, it has an unknown gap, or the number is not from 1 to 1000.
    /// </exception>
    public PromptQuestion(string text, int answers = PromptQuestions.UsualAnswers)
    {
        ArgumentNullException.ThrowIfNull(text);
        string rest = text.Replace(Article, "", StringComparison.Ordinal).Replace(AOrAn, "", StringComparison.Ordinal);
        int gap = rest.IndexOf(Gap, StringComparison.Ordinal);
        if (gap < 0 || rest.Remove(gap, Gap.Length).AsSpan().ContainsAny('{', '}'))
        {
            throw new ArgumentException(
                $"The question {TextFile.Quote(text)} must contain {{}} exactly once, where the class name goes; the only other "
                    + "gaps are {a} and {a/an}."
            );
        }

        if (answers is < 1 or > MostAnswers)
        {
            throw new ArgumentException(
                Invariant(
                    $"The question {TextFile.Quote(text)} asks for {answers} answers; from 1 to {MostAnswers} can be asked for."
                )
            );
        }

        Text = text;
        Answers = answers;
    }

    /// <summary>The question with its gaps.</summary>
    public string Text { get; }

    /// <summary>How many answers are requested.</summary>
    public int Answers { get; }

    /// <summary>The question about one class.</summary>
    /// <param name="className">The class; underscores, as in folder names, become spaces.</param>
    /// <param name="article">The name's article, or an empty string.</param>
    /// <param name="domain">
    /// What distinguishes two meanings of a name, such as crane: "a type of bird" is inserted after the name, between commas; a
    /// domain that ends with "of" ("satellite photo of") before it.
    /// </param>
    public string Format(string className, string article, string? domain = null)
    {
        ArgumentNullException.ThrowIfNull(className);
        ArgumentNullException.ThrowIfNull(article);
        string name = className.Replace('_', ' ').Trim();
        domain = string.IsNullOrWhiteSpace(domain) ? null : domain.Trim();
        bool isBefore = domain?.EndsWith(" of", StringComparison.OrdinalIgnoreCase) == true;
        string text =
            isBefore ? PutBefore(domain!)
            : domain is not null ? PutBehind(domain)
            : Text;

        int either;
        while ((either = text.IndexOf(AOrAn, StringComparison.Ordinal)) >= 0)
        {
            string rest = text[(either + AOrAn.Length)..];
            text = string.Concat(
                text.AsSpan(0, either),
                IndefiniteArticle.Before(rest.Replace(Gap, name, StringComparison.Ordinal)),
                rest
            );
        }

        return text.Replace(Article + " ", article.Length == 0 ? "" : article + " ", StringComparison.Ordinal)
            .Replace(Article, article, StringComparison.Ordinal)
            .Replace(Gap, name, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>"A satellite photo of a crane."</summary>
    private string PutBefore(string domain)
    {
        string phrase = ClassArticle.For(domain) is { Length: > 0 } article ? $"{article} {domain} " : $"{domain} ";
        int start = Text.IndexOf(Gap, StringComparison.Ordinal);
        foreach (string gap in (string[])[Article, AOrAn])
        {
            start = Text.IndexOf(gap, StringComparison.Ordinal) is >= 0 and int found ? Math.Min(start, found) : start;
        }

        return Text.Insert(start, phrase);
    }

    /// <summary>"A crane, a type of bird, looks"; without a second comma before another sign.</summary>
    private string PutBehind(string domain)
    {
        int end = Text.IndexOf(Gap, StringComparison.Ordinal) + Gap.Length;
        string rest = Text[end..].TrimStart();
        bool needsComma = rest.Length > 0 && char.IsLetterOrDigit(rest[0]);
        return Text.Insert(end, $", {domain}{(needsComma ? "," : "")}");
    }
}
