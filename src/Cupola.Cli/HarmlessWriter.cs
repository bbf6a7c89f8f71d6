using System.Text;

namespace Cupola.Cli;

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
