namespace Cupola.Files;

/// <summary>Text of a file of somebody else's in a sentence of ours.</summary>
internal static class ForeignText
{
    private const int MostShown = 300;

    /// <summary>The text on one line, short, and without control characters, which a terminal would obey.</summary>
    public static string Shown(string text) => OneLine(text, MostShown);

    /// <summary>The text without line breaks and other control characters, and cut where it is longer than wanted.</summary>
    public static string OneLine(string text, int most = int.MaxValue) =>
        string.Concat(
            (text.Length > most ? text[..most] + "…" : text).Select(static letter => char.IsControl(letter) ? ' ' : letter)
        );
}
