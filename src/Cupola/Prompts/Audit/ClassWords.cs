namespace Cupola.Prompts.Audit;

/// <summary>The forms of a class's name, prepared for the checks of one sentence.</summary>
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

    /// <summary>The first words of the name's forms.</summary>
    public IReadOnlySet<string> First { get; }

    /// <summary>The last words of the name's forms.</summary>
    public IReadOnlySet<string> Last { get; }

    /// <summary>All words of its forms.</summary>
    public IReadOnlySet<string> Words { get; }

    /// <summary>The forms of a plural name such as "jeans", word by word; empty for other names.</summary>
    public IReadOnlyList<string[]> Plurals { get; }
}
