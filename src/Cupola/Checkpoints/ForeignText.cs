namespace Cupola.Checkpoints;

/// <summary>Text of a file of somebody else's in a sentence of ours.</summary>
internal static class ForeignText
{
    private const int MostShown = 300;

    /// <summary>The text on one line, short, and without control characters, which a terminal would obey.</summary>
    public static string Shown(string text) => string.Concat(
        (text.Length > MostShown ? text[..MostShown] + "…" : text).Select(static letter => char.IsControl(letter) ? ' ' : letter));
}
