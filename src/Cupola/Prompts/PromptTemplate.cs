using Cupola.Text;

namespace Cupola.Prompts;

/// <summary>A sentence with a gap for the name of a class: "a photo of a {}.".</summary>
public sealed record PromptTemplate
{
    private const string Gap = "{}";

    private readonly int _gap;

    /// <summary>A template from its text.</summary>
    /// <param name="text">A sentence that holds <c>{}</c> once.</param>
    /// <exception cref="ArgumentException">The text holds <c>{}</c> never or more than once.</exception>
    public PromptTemplate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _gap = text.IndexOf(Gap, StringComparison.Ordinal);
        if (_gap < 0 || text.IndexOf(Gap, _gap + Gap.Length, StringComparison.Ordinal) >= 0)
        {
            throw new ArgumentException($"The template {TextFile.Quote(text)} must hold {{}} exactly once, where the class name goes.");
        }

        Text = text;
    }

    /// <summary>The sentence with its gap.</summary>
    public string Text { get; }

    /// <summary>The sentence about one class; the name stands in it as it is.</summary>
    public string Format(string label) => string.Concat(Text.AsSpan(0, _gap), label, Text.AsSpan(_gap + Gap.Length));

    /// <inheritdoc/>
    public override string ToString() => Text;
}
