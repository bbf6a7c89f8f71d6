using System.Text;

namespace Cupola.Tests.Fuzzing;

/// <summary>
/// Changes to text: separators, quotation marks, ends of lines, letters that are no letters, numbers, lines twice or far too
/// long.
/// </summary>
internal static class TextMutation
{
    private static readonly string[] Pieces =
    [
        "\"",
        "'",
        "\"\"",
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\0",
        "\e[31m",
        "\u009b2J",
        "\ufeff",
        "\u202e",
        "\u2028",
        " ",
        "{}",
        "{",
        "}",
        "{0}",
        "{c}",
        "#version: 0.2\n",
        "\\",
        "/",
        "../",
        "é",
        "ﬀ",
        "İ",
        "𝔘",
        "👩‍👩‍👧",
        "a\u0300\u0301",
        "</w>",
        "<|endoftext|>",
        "<|startoftext|>",
        "-1",
        "0",
        "1e999",
        "NaN",
        "99999999999999999999",
        "[",
        "]",
        "null",
        "http://127.0.0.1:9/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "<think>",
        "</think>",
    ];

    private static readonly string[] Separators = [",", ";", "\t", "\n", "\r\n", "\"", " ", ".", "{}"];

    public static byte[] Change(byte[] bytes, byte[] other, Random random)
    {
        string text = Encoding.UTF8.GetString(bytes);
        string[] lines = text.Split('\n');
        int line = random.Next(lines.Length),
            place = random.Next(text.Length + 1);
        return random.Next(11) switch
        {
            0 or 1 or 2 => Bytes(text.Insert(place, Pieces[random.Next(Pieces.Length)])),
            3 => Bytes(text[..place]),
            4 => Bytes(
                string.Join('\n', lines.SelectMany((each, at) => Enumerable.Repeat(each, at == line ? random.Next(3) : 1)))
            ),
            5 => Bytes(text.Insert(place, new string("a\" ,\n{"[random.Next(6)], 1 << random.Next(18)))),
            6 => Bytes(text.Replace(Separator(random), Separator(random), StringComparison.Ordinal)),
            7 => random.Next(2) == 0 ? Encoding.Unicode.GetBytes('\ufeff' + text) : Encoding.Latin1.GetBytes(text),
            8 => Bytes(string.Join('\n', lines.OrderBy(_ => random.Next()))),
            9 => Bytes(text.Remove(place, Math.Min(random.Next(1, 9), text.Length - place))),
            // In the midst of a letter of several bytes, too.
            _ => ByteMutation.Change(bytes, other, random),
        };
    }

    private static string Separator(Random random) => Separators[random.Next(Separators.Length)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
