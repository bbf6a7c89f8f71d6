using FlagWorld.Designs;
using SkiaSharp;

namespace FlagWorld.Drawing;

/// <summary>The exact colors of one image: a tint has one wherever it occurs in it.</summary>
internal sealed class Palette
{
    /// <summary>Cloths of one color name as flags have them; an image takes one and varies it a little.</summary>
    private static readonly Dictionary<string, uint[]> Swatches = new(StringComparer.Ordinal)
    {
        ["red"] = [0xCE1126, 0xD52B1E, 0xE4002B, 0xDA291C, 0xC8102E, 0xED1C24, 0xE32118, 0xEF3340, 0xF4433C, 0xB22234],
        ["light red"] = [0xF2545B, 0xFF6B5E, 0xF0606A],
        ["dark red"] = [0x8D1B3D, 0x9D2235, 0x7B1E28, 0x800020, 0x8A1538],
        ["orange"] = [0xFF8200, 0xF77F00, 0xFF9933, 0xFF7518, 0xF36F21, 0xF5A300],
        ["light orange"] = [0xFFB266, 0xFFB347],
        ["dark orange"] = [0xD35400, 0xC85A11],
        ["yellow"] = [0xFCD116, 0xFFCC00, 0xF7D117, 0xFFDD00, 0xFFC72C, 0xF9E300],
        ["light yellow"] = [0xFFF3A3, 0xFCEB8B],
        ["dark yellow"] = [0xD4A017, 0xC9A227],
        ["green"] = [0x007A3D, 0x009739, 0x00843D, 0x169B62, 0x12AD2B, 0x078930],
        ["light green"] = [0x5EBD3E, 0x78BE20, 0x6CC24A, 0x8BC34A],
        ["dark green"] = [0x00401A, 0x01411C, 0x004D2B, 0x0B4F30],
        ["blue"] = [0x0033A0, 0x0052B4, 0x0039A6, 0x1F4FA3, 0x0055A4, 0x003DA5, 0x1565C0, 0x3A75C4],
        ["light blue"] = [0x75AADB, 0x6AB2E7, 0x4FADEA, 0x5EB6E4, 0x87CEEB, 0x3FA9F5, 0x4A90D9, 0x1E8FFF, 0x2BB5D0],
        ["dark blue"] = [0x00205B, 0x0A1F4F, 0x14213D, 0x002664, 0x041E42, 0x27304F],
        ["purple"] = [0x6A1B9A, 0x5E2A84, 0x7B2D8E, 0x663399],
        ["light purple"] = [0xB39DDB, 0xB57EDC],
        ["dark purple"] = [0x3B1053, 0x421C52],
        ["pink"] = [0xF49AC1, 0xFF8FB1, 0xF06EAA, 0xF7A8B8],
        ["light pink"] = [0xFBCFE0],
        ["dark pink"] = [0xD81B60, 0xC2185B],
        ["brown"] = [0x6F4023, 0x7B4B2A, 0x8B5A2B],
        ["light brown"] = [0xB98B5E, 0xC19A6B],
        ["dark brown"] = [0x3E2415, 0x4A2C17],
        ["black"] = [0x000000, 0x101010, 0x1A1A1A],
        ["grey"] = [0x8E8E8E, 0x9A9A9A, 0x808487],
        ["light grey"] = [0xC4C7CA, 0xBDBDBD],
        ["dark grey"] = [0x4A4A4A, 0x55585B],
        ["white"] = [0xFFFFFF, 0xFBFBF8, 0xF6F6F2],
    };

    /// <summary>Of 255, how far a channel may lie from its swatch.</summary>
    private const double Variation = 9;

    private readonly Dictionary<Tint, SKColor> _colors;

    private Palette(Dictionary<Tint, SKColor> colors) => _colors = colors;

    public SKColor this[Tint tint] => _colors[tint];

    /// <summary>Colors by chance, as cloth and print vary.</summary>
    public static Palette Draw(Design design, CounterRandom random) =>
        new(
            design.Tints.ToDictionary(
                static tint => tint,
                tint =>
                {
                    uint swatch = random.Pick<uint>(Swatches[tint.ToString()]);
                    byte Vary(int shift) =>
                        (byte)Math.Clamp(((swatch >> shift) & 0xFF) + random.Between(-Variation, Variation), 0, 255);
                    return new SKColor(Vary(16), Vary(8), Vary(0));
                }
            )
        );

    /// <summary>One tint in a color, all others black.</summary>
    public static Palette Marked(Design design, Tint marked, SKColor color) =>
        new(design.Tints.ToDictionary(static tint => tint, tint => tint == marked ? color : SKColors.Black));

    /// <summary>The colors that a specification gives; black and white need none.</summary>
    public static Palette Specified(Design design, IReadOnlyDictionary<string, string> colors) =>
        new(
            design.Tints.ToDictionary(
                static tint => tint,
                tint =>
                    colors.TryGetValue(tint.ToString(), out string? code) ? SKColor.Parse(code)
                    : tint == new Tint(Hue.White) ? SKColors.White
                    : tint == new Tint(Hue.Black) ? SKColors.Black
                    : throw new InvalidDataException($"No colour code is given for {tint}.")
            )
        );
}
