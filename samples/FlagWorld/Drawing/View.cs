using FlagWorld.Designs;

namespace FlagWorld.Drawing;

/// <summary>What is behind a flag.</summary>
internal enum Backdrop
{
    White,

    /// <summary>A pale grey, from which white stripes stand out.</summary>
    Paper,

    /// <summary>One color.</summary>
    Plain,
    Gradient,
    Sky,

    /// <summary>Blurred patches, as something far behind.</summary>
    Patches,
}

/// <summary>How a design is seen: everything about an image that no caption speaks of.</summary>
internal sealed record View
{
    public required Backdrop Backdrop { get; init; }

    /// <summary>The design's width as a share of the image's, before it is turned.</summary>
    public required double Scale { get; init; }

    public double Degrees { get; init; }

    /// <summary>From the image's middle, as shares of its side.</summary>
    public (double X, double Y) Shift { get; init; }

    /// <summary>How much nearer one side is than the other, across and down; 0 for a view from the front.</summary>
    public (double X, double Y) Tilt { get; init; }

    /// <summary>The height of the waves of the cloth, as a share of its height.</summary>
    public double Wave { get; init; }

    /// <summary>How many waves lie between hoist and fly, and where they begin.</summary>
    public (double Number, double Phase) Waves { get; init; }

    /// <summary>How much darker the cloth is in the waves' shadows.</summary>
    public double Shading { get; init; }

    /// <summary>Factors on red, green and blue: the color and strength of the light.</summary>
    public (double Red, double Green, double Blue) Light { get; init; } = (1, 1, 1);

    /// <summary>The standard deviation of the blur in pixels of the finished image.</summary>
    public double Blur { get; init; }

    /// <summary>The standard deviation of the noise, of 255.</summary>
    public double Noise { get; init; }

    /// <summary>How strongly JPEG may change it, or more: 100 is hardly at all.</summary>
    public int Quality { get; init; } = 95;

    /// <summary>The clean image of a flag law or an encyclopaedia: from the front, on paper.</summary>
    public static View Flat { get; } = new() { Backdrop = Backdrop.Paper, Scale = 0.96 };

    /// <summary>The same place and shape in even light, sharp and without noise.</summary>
    public View Plain() => this with { Shading = 0, Light = (1, 1, 1), Blur = 0, Noise = 0 };

    /// <summary>A view by chance; one in three is clean.</summary>
    public static View Draw(Design design, CounterRandom random)
    {
        bool flag = design.Outline == Outline.Flag;
        if (random.Chance(0.33))
        {
            return Flat with
            {
                Backdrop = random.Weighted(
                    (Backdrop.White, 0.2),
                    (Backdrop.Paper, 0.6),
                    (Backdrop.Plain, 0.1),
                    (Backdrop.Gradient, 0.1)
                ),
                Scale = random.Between(0.8, 1),
                Quality = 90 + random.Below(8),
            };
        }

        double light = random.Between(0.72, 1.08),
            warmth = random.Between(-0.06, 0.06);
        bool waved = flag && random.Chance(0.65);
        return new View
        {
            Backdrop = random.Weighted(
                (Backdrop.Plain, 0.2),
                (Backdrop.Gradient, 0.2),
                (Backdrop.Sky, 0.35),
                (Backdrop.Patches, 0.25)
            ),
            // A flag as high as it is wide needs room to turn.
            Scale = random.Between(0.68, 0.9) * (flag && design.Aspect < 1.4 ? 0.84 : 1),
            Degrees = (random.Unit() + random.Unit() - 1) * 14,
            Shift = (random.Between(-0.04, 0.04), random.Between(-0.06, 0.06)),
            Tilt = (random.Between(-0.18, 0.18), random.Between(-0.1, 0.1)),
            Wave = waved ? random.Between(0.02, 0.08) : 0,
            Waves = (random.Between(0.8, 2.2), random.Unit()),
            Shading = waved ? random.Between(0.05, 0.3) : random.Between(0, 0.12),
            Light = (light * (1 + warmth), light, light * (1 - warmth)),
            Blur = random.Chance(0.4) ? random.Between(0.3, 0.9) : 0,
            Noise = random.Chance(0.5) ? random.Between(1, 9) : 0,
            Quality = 70 + random.Below(27),
        };
    }
}
