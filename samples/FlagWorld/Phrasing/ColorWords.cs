using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>What colors are called.</summary>
internal static class ColorWords
{
    /// <summary>The plain name, or now and then another.</summary>
    public static string Of(Tint tint, Speaker speaker) =>
        speaker.Random.Chance(0.55) ? Usual(tint, speaker) : speaker.Say(Other(tint));

    private static string Usual(Tint tint, Speaker speaker) =>
        tint switch
        {
            { Hue: Hue.Grey, Shade: Shade.Plain } => speaker.Say("[grey|gray]"),
            { Shade: Shade.Plain } => tint.ToString(),
            // A shade is often left out.
            _ => speaker.Random.Chance(0.25) ? tint.Hue.ToString().ToLowerInvariant() : tint.ToString(),
        };

    private static string Other(Tint tint) =>
        (tint.Hue, tint.Shade) switch
        {
            (Hue.Red, Shade.Plain) => "[red|red|bright red|scarlet|crimson|vivid red]",
            (Hue.Red, Shade.Light) => "[light red|coral|salmon red]",
            (Hue.Red, Shade.Dark) => "[maroon|dark red|deep red|crimson|burgundy|carmine]",
            (Hue.Orange, Shade.Plain) => "[orange|orange|saffron|bright orange|deep saffron]",
            (Hue.Orange, Shade.Light) => "[light orange|pale orange|apricot]",
            (Hue.Orange, Shade.Dark) => "[dark orange|burnt orange|rust]",
            (Hue.Yellow, Shade.Plain) => "[yellow|gold|golden|gold|golden yellow|bright yellow|amber]",
            (Hue.Yellow, Shade.Light) => "[pale yellow|light yellow|cream]",
            (Hue.Yellow, Shade.Dark) => "[gold|mustard|dark yellow|golden|ochre]",
            (Hue.Green, Shade.Plain) => "[green|green|bright green|emerald green|emerald|vivid green]",
            (Hue.Green, Shade.Light) => "[light green|lime green|bright green|pale green]",
            (Hue.Green, Shade.Dark) => "[dark green|deep green|forest green|bottle green]",
            (Hue.Blue, Shade.Plain) => "[blue|blue|royal blue|medium blue|bright blue|deep blue|cobalt blue|ultramarine]",
            (Hue.Blue, Shade.Light) => "[sky blue|light blue|pale blue|azure|turquoise|celestial blue|aqua|aquamarine|cyan]",
            (Hue.Blue, Shade.Dark) => "[navy blue|navy|dark blue|deep blue|midnight blue]",
            (Hue.Purple, Shade.Plain) => "[purple|violet]",
            (Hue.Purple, Shade.Light) => "[light purple|lavender|lilac]",
            (Hue.Purple, Shade.Dark) => "[dark purple|deep purple|indigo]",
            (Hue.Pink, Shade.Plain) => "[pink|rose|pink]",
            (Hue.Pink, Shade.Light) => "[pale pink|light pink]",
            (Hue.Pink, Shade.Dark) => "[dark pink|magenta|hot pink]",
            (Hue.Brown, Shade.Plain) => "[brown|chocolate brown]",
            (Hue.Brown, Shade.Light) => "[light brown|tan|beige]",
            (Hue.Brown, Shade.Dark) => "[dark brown|brown]",
            (Hue.Black, _) => "[black|black|black|jet black]",
            (Hue.Grey, Shade.Plain) => "[grey|gray|silver]",
            (Hue.Grey, Shade.Light) => "[light grey|light gray|silver]",
            (Hue.Grey, Shade.Dark) => "[dark grey|dark gray|charcoal]",
            _ => "[white|white|white|pure white|snow white]",
        };
}
