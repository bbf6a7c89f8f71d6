using System.Text.RegularExpressions;
using Cupola.Files;

namespace Cupola;

/// <summary>A sentence with a gap for the name of a class: "a photo of a {}.".</summary>
public sealed partial record PromptTemplate
{
    private const string Gap = "{}";

    private readonly int _gap;
    private readonly int _gapLength;

    /// <summary>Creates a template from its text.</summary>
    /// <param name="text">
    /// A sentence that contains <c>{}</c> once, or one of the names that the gap has in other programs: <c>{c}</c>,
    /// <c>{label}</c>, <c>{class}</c>, <c>{class_name}</c>, <c>{classname}</c> or <c>{0}</c>. In a text with <c>{}</c> these
    /// names are ordinary words.
    /// </param>
    /// <exception cref="ArgumentException">The text has no gap or several, or is program code.</exception>
    public PromptTemplate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (PythonCode().IsMatch(text))
        {
            throw new ArgumentException(
                $"The template {TextFile.Quote(text)} is Python code; "
                    + "write only the sentences, one per line, as in: a photo of a {}."
            );
        }

        (int Index, int Length)[] gaps = [.. Gaps().Matches(text).Select(static match => (match.Index, match.Length))];
        (int, int)[] unnamed = [.. gaps.Where(static gap => gap.Length == Gap.Length)];
        (_gap, _gapLength) =
            unnamed.Length == 1 ? unnamed[0]
            : unnamed.Length == 0 && gaps.Length == 1 ? gaps[0]
            : throw new ArgumentException(
                $"The template {TextFile.Quote(text)} must contain {{}} exactly once, where the class name goes."
            );
        Text = text;
    }

    /// <summary>The sentence with its gap.</summary>
    public string Text { get; }

    /// <summary>The sentence about one class; the name is inserted unchanged.</summary>
    public string Format(string label) => string.Concat(Text.AsSpan(0, _gap), label, Text.AsSpan(_gap + _gapLength));

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The gap; CLIP_benchmark's files write <c>{c}</c>.</summary>
    [GeneratedRegex(
        @"\{(c|label|class|class_?name|0)?\}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Gaps();

    /// <summary>A line copied from open_clip's or OpenAI's lists of templates: <c>lambda c: f'a photo of a {c}.',</c>.</summary>
    [GeneratedRegex(
        @"^\s*(lambda\b.*:|[fr]{1,2}[""'].*[""'],?\s*$|(""[^""]*""|'[^']*'),\s*$|\w+\s*=\s*[\[(]\s*$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex PythonCode();
}
