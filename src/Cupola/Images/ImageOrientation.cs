namespace Cupola.Images;

/// <summary>Undoes the eight orientations in which a camera or scanner may have stored an image (TIFF 6.0, tag 274).</summary>
internal static class ImageOrientation
{
    /// <summary>The orientation of an image that is upright.</summary>
    public const int Upright = 1;

    /// <summary>Whether an orientation changes anything; values that are not one of the eight count as upright.</summary>
    public static bool Turns(int orientation) => orientation is > Upright and <= 8;

    /// <summary>Whether rows become columns.</summary>
    public static bool SwapsSides(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>Writes an image upright.</summary>
    /// <param name="source">The image as stored.</param>
    /// <param name="orientation">The orientation in which it is stored.</param>
    /// <param name="upright">Receives the pixels; its sides are those of the source, swapped where rows become columns.</param>
    public static void Undo(RgbImage source, int orientation, RgbImage upright)
    {
        int width = source.Width,
            height = source.Height;
        ReadOnlySpan<byte> from = source.Bytes;
        // The first pixel of the result, and the distance in the source between neighbors of the result, all in pixels.
        (long first, long across, long down) = orientation switch
        {
            2 => (width - 1L, -1L, width),
            3 => (((long)width * height) - 1, -1, -width),
            4 => ((height - 1L) * width, 1, -width),
            5 => (0, width, 1),
            6 => ((height - 1L) * width, -width, 1),
            7 => (((long)width * height) - 1, -width, -1),
            8 => (width - 1L, width, -1),
            _ => (0, 1, width),
        };

        for (int row = 0; row < upright.Height; row++)
        {
            Span<byte> target = upright.Row(row);
            long pixel = first + (row * down);
            for (int index = 0; index < target.Length; index += 3, pixel += across)
            {
                int at = (int)(pixel * 3);
                (target[index], target[index + 1], target[index + 2]) = (from[at], from[at + 1], from[at + 2]);
            }
        }
    }
}
