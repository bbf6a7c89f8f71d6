using System.Buffers.Text;

namespace Cupola.Server.Embedding;

/// <summary>Images as texts of JSON: data addresses and base64, as clients write them.</summary>
internal static class ImageText
{
    private const string Base64Mark = ";base64";

    /// <summary>Whether a text is an image's data address.</summary>
    public static bool IsImage(string text) => text.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The bytes of a data address in base64, or of base64 alone: also without padding, with the letters for addresses, and with
    /// line breaks. Null where it is neither.
    /// </summary>
    public static byte[]? Decode(string text)
    {
        ReadOnlySpan<char> letters = text.AsSpan().Trim();
        if (letters.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            int comma = letters.IndexOf(',');
            if (comma < 0 || !letters[..comma].EndsWith(Base64Mark, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            letters = letters[(comma + 1)..];
        }

        return letters.IndexOfAny('-', '_') >= 0 ? DecodeForAddresses(letters.TrimEnd('=')) : DecodePlain(letters);
    }

    private static byte[]? DecodePlain(ReadOnlySpan<char> letters)
    {
        byte[] bytes = new byte[((letters.Length + 3) / 4) * 3];
        if (!Convert.TryFromBase64Chars(letters, bytes, out int count))
        {
            string bare = letters.TrimEnd('=').ToString();
            if (!Convert.TryFromBase64String(bare.PadRight((bare.Length + 3) / 4 * 4, '='), bytes, out count))
            {
                return null;
            }
        }

        Array.Resize(ref bytes, count);
        return count == 0 ? null : bytes;
    }

    private static byte[]? DecodeForAddresses(ReadOnlySpan<char> letters)
    {
        if (!Base64Url.IsValid(letters, out int length) || length == 0)
        {
            return null;
        }

        byte[] bytes = new byte[length];
        return Base64Url.TryDecodeFromChars(letters, bytes, out int count) && count == length ? bytes : null;
    }
}
