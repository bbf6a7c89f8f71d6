namespace Cupola.Files;

/// <summary>Makes text from files and servers safe to quote in a message.</summary>
internal static class ForeignText
{
    private const int MostShown = 300;

    /// <summary>The text on one line, shortened, and without control characters, which a terminal would execute.</summary>
    public static string Shown(string text) => OneLine(text, MostShown);

    /// <summary>The text without line breaks and other control characters, cut to a length.</summary>
    public static string OneLine(string text, int most = int.MaxValue) =>
        string.Concat(
            (text.Length > most ? text[..most] + "…" : text).Select(static letter => char.IsControl(letter) ? ' ' : letter)
        );
}
