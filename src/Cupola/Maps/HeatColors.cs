namespace Cupola.Maps;

/// <summary>Colors of shares: how strong, and how much of the image below they cover.</summary>
internal static class HeatColors
{
    /// <summary>How much the strongest color covers.</summary>
    private const float MostCover = 0.8f;

    /// <summary>
    /// Steps of inferno (matplotlib, CC0), of even perceptual distance, without its darkest, which would look like shadows.
    /// </summary>
    private static readonly (byte Red, byte Green, byte Blue)[] Inferno =
    [
        (0x4a, 0x0c, 0x6b),
        (0x78, 0x1c, 0x6d),
        (0xa5, 0x2c, 0x60),
        (0xcf, 0x44, 0x46),
        (0xed, 0x69, 0x25),
        (0xfb, 0x9b, 0x06),
        (0xf7, 0xd1, 0x3d),
        (0xfc, 0xff, 0xa4),
    ];

    private static readonly (byte Red, byte Green, byte Blue) First = (0x1f, 0x8f, 0xc4),
        Second = (0xe0, 0x6a, 0x2c);

    /// <summary>A share from 0, which covers nothing, to 1.</summary>
    public static ((byte Red, byte Green, byte Blue) Color, float Cover) Heat(float share)
    {
        float step = Math.Clamp(share, 0, 1) * (Inferno.Length - 1);
        int below = Math.Min((int)step, Inferno.Length - 2);
        return (Mixed(Inferno[below], Inferno[below + 1], step - below), MostCover * MathF.Pow(Math.Clamp(share, 0, 1), 0.7f));
    }

    /// <summary>A difference from −1, orange, over 0, which covers nothing, to 1, blue.</summary>
    public static ((byte Red, byte Green, byte Blue) Color, float Cover) Difference(float share) =>
        (share >= 0 ? First : Second, MostCover * Math.Min(Math.Abs(share), 1));

    /// <summary>Between two colors.</summary>
    public static (byte Red, byte Green, byte Blue) Mixed(
        (byte Red, byte Green, byte Blue) from,
        (byte Red, byte Green, byte Blue) to,
        float share
    ) => (Mixed(from.Red, to.Red, share), Mixed(from.Green, to.Green, share), Mixed(from.Blue, to.Blue, share));

    private static byte Mixed(byte from, byte to, float share) => (byte)(float.Lerp(from, to, share) + 0.5f);
}
