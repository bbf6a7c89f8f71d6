namespace Cupola.Training.Data;

/// <summary>
/// Changes brightness, contrast and saturation in random order (torchvision's ColorJitter), each by blending the image with one
/// that has none: black, its mean gray, its grayscale version (Pillow, ImageEnhance.py).
/// </summary>
internal static class ColorJitter
{
    private const int Adjustments = 3;

    /// <summary>Changes an image in place.</summary>
    /// <param name="pixels">[pixels, 3].</param>
    /// <param name="strength">Factors are uniform from 1 − strength, but at least 0, to 1 + strength.</param>
    /// <param name="random">Draws order and factors.</param>
    public static void Apply(Span<byte> pixels, double strength, SplitMix64 random)
    {
        Span<int> order = [0, 1, 2];
        random.Shuffle(order);
        Span<float> factors = stackalloc float[Adjustments];
        foreach (ref float factor in factors)
        {
            factor = (float)random.NextBetween(Math.Max(0, 1 - strength), 1 + strength);
        }

        foreach (int adjustment in order)
        {
            switch (adjustment)
            {
                case 0:
                    Brighten(pixels, factors[0]);
                    break;
                case 1:
                    Contrast(pixels, factors[1]);
                    break;
                default:
                    Saturate(pixels, factors[2]);
                    break;
            }
        }
    }

    internal static void Brighten(Span<byte> pixels, float factor) => BlendWith(pixels, 0, factor);

    internal static void Contrast(Span<byte> pixels, float factor)
    {
        long sum = 0;
        for (int index = 0; index < pixels.Length; index += 3)
        {
            sum += Gray(pixels[index], pixels[index + 1], pixels[index + 2]);
        }

        BlendWith(pixels, (int)(((double)sum / (pixels.Length / 3)) + 0.5), factor);
    }

    internal static void Saturate(Span<byte> pixels, float factor)
    {
        for (int index = 0; index < pixels.Length; index += 3)
        {
            int gray = Gray(pixels[index], pixels[index + 1], pixels[index + 2]);
            foreach (ref byte channel in pixels.Slice(index, 3))
            {
                channel = Blend(gray, channel, factor);
            }
        }
    }

    private static void BlendWith(Span<byte> pixels, int other, float factor)
    {
        foreach (ref byte channel in pixels)
        {
            channel = Blend(other, channel, factor);
        }
    }

    /// <summary>Pillow's blend (Blend.c): in float32, truncated to a byte.</summary>
    private static byte Blend(int from, int to, float factor) => (byte)Math.Clamp(from + (factor * (to - from)), 0f, 255f);

    /// <summary>Pillow's gray (Convert.c, ITU-R 601): weights with 16 fractional bits.</summary>
    private static int Gray(int red, int green, int blue) => ((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16;
}
