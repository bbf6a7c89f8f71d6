using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Prompts.Writing;

/// <summary>
/// What a language model is asked about each class: "Describe what {a} {} looks like:". <c>{}</c> is the class name; <c>{a}</c>
/// the name's article, which may be
/// none; <c>{a/an}</c> is always one of these two, for where a noun follows the name ("{a/an} {} flower").
/// </summary>
public sealed record PromptQuestion
{
    private const string Gap = "{}";
    private const string Article = "{a}";
    private const string AOrAn = "{a/an}";

    // CuPL asks for ten (generate_image_prompts.py); no one needs a thousand answers to one question.
    private const int MostAnswers = 1000;

    /// <summary>A question from its text.</summary>
    /// <param name="text">A text that holds <c>{}</c> once.</param>
    /// <param name="answers">How many answers are wanted.</param>
    /// <exception cref="ArgumentException">
    /// The text holds <c>{}</c> never or more than once, another gap that is unknown, or the number is none of 1 to 1000.
    /// </exception>
    public PromptQuestion(string text, int answers = PromptQuestions.UsualAnswers)
    {
        ArgumentNullException.ThrowIfNull(text);
        string rest = text.Replace(Article, "", StringComparison.Ordinal).Replace(AOrAn, "", StringComparison.Ordinal);
        int gap = rest.IndexOf(Gap, StringComparison.Ordinal);
        if (gap < 0 || rest.Remove(gap, Gap.Length).AsSpan().ContainsAny('{', '}'))
        {
            throw new ArgumentException(
                $"The question {TextFile.Quote(text)} must hold {{}} exactly once, where the class name goes; besides it only "
                    + "{a} and {a/an} are known."
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

    /// <summary>How many answers are wanted.</summary>
    public int Answers { get; }

    /// <summary>The question about one class.</summary>
    /// <param name="className">The class; underscores in it, as folders have them, become spaces.</param>
    /// <param name="article">The name's article, or nothing.</param>
    /// <param name="domain">
    /// What tells a crane from a crane: "a type of bird" is put behind the name, between commas, and a domain that ends with "of"
    /// ("satellite photo of") before it.
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
            string behind = text[(either + AOrAn.Length)..];
            text = string.Concat(
                text.AsSpan(0, either),
                IndefiniteArticle.Before(behind.Replace(Gap, name, StringComparison.Ordinal)),
                behind
            );
        }

        return text.Replace(Article + " ", article.Length == 0 ? "" : article + " ", StringComparison.Ordinal)
            .Replace(Article, article, StringComparison.Ordinal)
            .Replace(Gap, name, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>A satellite photo of a crane.</summary>
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

    /// <summary>A crane, a type of bird, looks; and no second comma before another sign.</summary>
    private string PutBehind(string domain)
    {
        int end = Text.IndexOf(Gap, StringComparison.Ordinal) + Gap.Length;
        string behind = Text[end..].TrimStart();
        bool needsComma = behind.Length > 0 && char.IsLetterOrDigit(behind[0]);
        return Text.Insert(end, $", {domain}{(needsComma ? "," : "")}");
    }
}
