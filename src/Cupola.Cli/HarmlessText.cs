using System.Text;

namespace Cupola.Cli;

/// <summary>
/// Text as a terminal may be shown it: a label, a file's name or a server's answer could otherwise clear the screen, begin a new
/// line or turn the order of letters round. Each such character becomes one that can be seen.
/// </summary>
internal static class HarmlessText
{
    private const char Unprintable = '\uFFFD';

    /// <summary>Unicode's images of the control characters, as ␊ for a line's end, stand in their order from here.</summary>
    private const char ControlPictures = '\u2400';

    private const char DeleteImage = '\u2421';

    /// <summary>A text on one line, without control characters.</summary>
    public static string Clean(string text) =>
        text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? text : string.Create(text.Length, text, static (shown, text) =>
            {
                for (int index = 0; index < text.Length; index++)
                {
                    shown[index] = Shown(text[index]);
                }
            });

    /// <summary>A character, or what is shown in its place.</summary>
    public static char Shown(char letter) =>
        letter switch
        {
            < ' ' => (char)(ControlPictures + letter),
            '\u007F' => DeleteImage,
            // The second set of controls, which begins sequences too.
            >= '\u0080' and <= '\u009F' => Unprintable,
            // Marks, embeddings, overrides and isolates of the bidirectional algorithm.
            '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => Unprintable,
            // Separators of lines and paragraphs, and characters without a width. Joiners stay: scripts and emoji need them.
            '\u2028' or '\u2029' or '\u200B' or '\uFEFF' or (>= '\u2060' and <= '\u2064') or (>= '\uFFF9' and <= '\uFFFB') =>
                Unprintable,
            _ => letter,
        };
}

/// <summary>Writes what a person reads. A line that is written whole stays one line, whatever stands in it.</summary>
/// <param name="inner">Where to.</param>
internal sealed class HarmlessWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value is '\n' or '\r' ? value : HarmlessText.Shown(value));

    public override void Write(string? value)
    {
        // Text of several lines is written so; each line is made harmless by itself.
        foreach (char letter in value ?? "")
        {
            Write(letter);
        }
    }

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(HarmlessText.Clean(value ?? ""));

    public override void Flush() => inner.Flush();
}
