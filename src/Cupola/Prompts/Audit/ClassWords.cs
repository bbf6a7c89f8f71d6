namespace Cupola.Prompts.Audit;

/// <summary>What the checks of one sentence need to know of its class's name.</summary>
internal sealed class ClassWords
{
    public ClassWords(string name)
    {
        IReadOnlyList<NameForm> forms = NameForm.AllOf(name);
        First = forms.Select(static form => form.Folded[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Last = forms.Select(static form => form.Folded[^1]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Words = forms.SelectMany(static form => form.Folded).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Plurals = ClassArticle.NamesSeveral(name) ? forms.Select(static form => form.Folded).ToArray() : [];
    }

    /// <summary>With which words its forms begin.</summary>
    public IReadOnlySet<string> First { get; }

    /// <summary>With which words its forms end.</summary>
    public IReadOnlySet<string> Last { get; }

    /// <summary>All words of its forms.</summary>
    public IReadOnlySet<string> Words { get; }

    /// <summary>The forms of a name that is a plural, such as "jeans", word by word; none of another.</summary>
    public IReadOnlyList<string[]> Plurals { get; }
}
