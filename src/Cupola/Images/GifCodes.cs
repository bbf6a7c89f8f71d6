namespace Cupola.Images;

/// <summary>
/// Expands the compression of GIF (LZW, with codes that grow from one bit more than a literal to 12 bits): each code stands for a
/// literal or for an earlier sequence, and each sequence is an earlier one plus one literal.
/// </summary>
internal static class GifCodes
{
    private const int MostBits = 12;
    private const int MostLiteralBits = 8;

    /// <summary>
    /// Expands codes, the lowest bits first, until all indices are written; false if the codes end early or are invalid.
    /// </summary>
    public static bool Expand(ReadOnlySpan<byte> codes, int literalBits, Span<byte> indices)
    {
        if (literalBits is < 1 or > MostLiteralBits)
        {
            return false;
        }

        int clear = 1 << literalBits,
            end = clear + 1,
            next = end + 1,
            width = literalBits + 1,
            previous = -1;
        var prefixes = new short[1 << MostBits];
        var lengths = new int[1 << MostBits];
        byte[] firsts = new byte[1 << MostBits],
            lasts = new byte[1 << MostBits];
        for (int literal = 0; literal < clear; literal++)
        {
            (lengths[literal], firsts[literal], lasts[literal]) = (1, (byte)literal, (byte)literal);
        }

        int filled = 0,
            waiting = 0,
            bits = 0,
            read = 0;
        while (filled < indices.Length)
        {
            for (; bits < width; bits += 8)
            {
                if (read == codes.Length)
                {
                    return false;
                }

                waiting |= codes[read++] << bits;
            }

            int code = waiting & ((1 << width) - 1);
            waiting >>= width;
            bits -= width;
            if (code == clear)
            {
                (next, width, previous) = (end + 1, literalBits + 1, -1);
                continue;
            }

            if (previous >= 0 && next < prefixes.Length && code <= next)
            {
                // A code may stand for the sequence that it completes; that sequence ends with the first index of the previous
                // one.
                prefixes[next] = (short)previous;
                lengths[next] = lengths[previous] + 1;
                firsts[next] = firsts[previous];
                lasts[next] = firsts[code == next ? previous : code];
                next++;
                width += next == 1 << width && width < MostBits ? 1 : 0;
            }

            if (code == end || code >= (previous < 0 ? clear : next))
            {
                return false;
            }

            int length = lengths[code],
                position = filled + length;
            for (int link = code; position > filled; link = prefixes[link])
            {
                position--;
                if (position < indices.Length)
                {
                    indices[position] = lasts[link];
                }
            }

            filled += Math.Min(length, indices.Length - filled);
            previous = code;
        }

        return true;
    }
}
