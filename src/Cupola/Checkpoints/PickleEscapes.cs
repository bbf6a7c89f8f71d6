using System.Globalization;
using System.Text;

namespace Cupola.Checkpoints;

/// <summary>Decodes the texts of pickle's protocol 0, which are one line of visible characters.</summary>
internal static class PickleEscapes
{
    /// <summary>A text in quotation marks, as Python 2's repr writes it.</summary>
    public static string Quoted(string line) =>
        line is [('\'' or '"') and var first, .., var last] && first == last
            ? Unescape(line[1..^1])
            : throw PickleBytes.Damaged();

    /// <summary>A text with backslash escapes.</summary>
    public static string Unescape(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal))
        {
            return line;
        }

        StringBuilder text = new(line.Length);
        for (int index = 0; index < line.Length; index++)
        {
            char next = line[index] == '\\' && index + 1 < line.Length ? line[++index] : '\0';
            int digits = next switch
            {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            if (digits > 0 && index + digits < line.Length && Code(line.AsSpan(index + 1, digits)) is { } character)
            {
                text.Append(character);
                index += digits;
            }
            else
            {
                text.Append(
                    next switch
                    {
                        '\0' => line[index],
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        _ => next,
                    }
                );
            }
        }

        return text.ToString();
    }

    private static string? Code(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) && Rune.IsValid(code)
            ? new Rune(code).ToString()
            : null;
}
