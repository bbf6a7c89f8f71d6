using System.Text;

namespace Cupola.Text;

/// <summary>
/// The differences between the system's Unicode data and that of Hugging Face's fast tokenizer (0.23): the tokenizer composes
/// with the data of Unicode 9 and lower-cases with that of Unicode 17.
/// </summary>
internal static class UnicodeVersions
{
    /// <summary>
    /// First and last of the ranges that contain every combining mark and every part of a composition added after Unicode 9, and
    /// none added before; and U+FFFE, which .NET does not normalize.
    /// </summary>
    private static readonly (int First, int Last)[] LaterThanUnicode9 =
    [
        (0x07FD, 0x07FD),
        (0x0870, 0x089F),
        (0x08CA, 0x08D3),
        (0x09FE, 0x09FE),
        (0x0C3C, 0x0C3C),
        (0x0D3B, 0x0D3C),
        (0x0EBA, 0x0EBA),
        (0x1715, 0x1715),
        (0x1ABF, 0x1AFF),
        (0x1DF6, 0x1DFA),
        (0xA82C, 0xA82C),
        (0xFFFE, 0xFFFE),
        (0x105C0, 0x105FF),
        (0x10D00, 0x10D8F),
        (0x10E80, 0x10F8F),
        (0x11070, 0x11070),
        (0x1133B, 0x1133B),
        (0x11380, 0x113FF),
        (0x1145E, 0x1145E),
        (0x11800, 0x1184F),
        (0x11900, 0x11AAF),
        (0x11B60, 0x11BBF),
        (0x11D00, 0x11DAF),
        (0x11F00, 0x11F5F),
        (0x16100, 0x1613F),
        (0x16D40, 0x16D7F),
        (0x16FF0, 0x16FF1),
        (0x1E030, 0x1E08F),
        (0x1E100, 0x1E7FF),
    ];

    /// <summary>Ranges of capitals of Unicode 16 and 17, and the distance of each from its small letter.</summary>
    private static readonly (int First, int Last, int Distance)[] NewerCapitals =
    [
        (0x1C89, 0x1C89, 1),
        (0xA7CB, 0xA7CB, 0x0264 - 0xA7CB),
        (0xA7CC, 0xA7CC, 1),
        (0xA7CE, 0xA7CE, 1),
        (0xA7D2, 0xA7D2, 1),
        (0xA7D4, 0xA7D4, 1),
        (0xA7DA, 0xA7DA, 1),
        (0xA7DC, 0xA7DC, 0x019B - 0xA7DC),
        (0x10D50, 0x10D65, 0x20),
        (0x16EA0, 0x16EB8, 0x1B),
    ];

    /// <summary>Whether a character composes with its neighbors today, but not in Unicode 9.</summary>
    public static bool ComposesSinceUnicode9(Rune rune)
    {
        foreach ((int first, int last) in LaterThanUnicode9)
        {
            if (rune.Value <= last)
            {
                return rune.Value >= first;
            }
        }

        return false;
    }

    /// <summary>The small letter of a capital that older systems do not know; any other character unchanged.</summary>
    public static Rune ToLower(Rune rune)
    {
        foreach ((int first, int last, int distance) in NewerCapitals)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return new(rune.Value + distance);
            }
        }

        return rune;
    }
}
