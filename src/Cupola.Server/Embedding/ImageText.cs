using System.Buffers;
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

        letters = letters.TrimEnd('=');
        if (letters.IsEmpty)
        {
            return null;
        }

        // Both alphabets in one: base64url's two letters are base64's, and it needs no padding.
        char[] rented = ArrayPool<char>.Shared.Rent(letters.Length);
        try
        {
            Span<char> plain = rented.AsSpan(0, letters.Length);
            letters.CopyTo(plain);
            plain.Replace('+', '-');
            plain.Replace('/', '_');
            return Base64Url.IsValid(plain, out int length) && Decode(plain, length) is { } bytes ? bytes : null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static byte[]? Decode(ReadOnlySpan<char> letters, int length)
    {
        byte[] bytes = new byte[length];
        return Base64Url.TryDecodeFromChars(letters, bytes, out int count) && count == length ? bytes : null;
    }
}
