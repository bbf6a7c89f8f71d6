using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>Writes captions for signs.</summary>
internal sealed class SignCaptions(Speaker speaker)
{
    private readonly ElementWords _elements = new(speaker);

    /// <summary>Says everything, in one of many ways.</summary>
    public string Whole(Design design)
    {
        (string Slot, string Words)[] slots = Slots(design);
        bool symbol = slots[^1].Words.Length > 0;
        if (speaker.Random.Chance(0.35))
        {
            return Speaker.Finish(
                speaker.SayOne(
                    symbol
                        ?
                        [
                            "<o> with <m>",
                            "<o> [showing|bearing] <m>",
                            "<m> on <o>",
                            "<m> [in|inside] <o>",
                            "a photo of <o> with <m>",
                            "<o>, <m>",
                        ]
                        : ["<o>", "[an empty|a blank] sign: <o>", "<o> with nothing [in it|inside]"],
                    slots
                ),
                sentence: false
            );
        }

        return Speaker.Finish(
            speaker.SayOne(
                symbol
                    ?
                    [
                        "<s> is <o> with <m>",
                        "<s> is <o> with <m> [in the [centre|center|middle]|inside|on it]",
                        "<s> [shows|has|features|displays] <m> on <o>",
                        "<s> is <o>. [It shows|It has|There is|It bears] <m> [in the [centre|center|middle]|]",
                        "<o> [shows|contains|bears] <m>",
                        "<m> [is|stands|appears] [in the [centre|center|middle] of|on|inside] <o>",
                        "<s> [consists of|is] <o> [showing|containing|bearing] <m>",
                        "<s> has <m> [inside|on] <o>",
                        "you can see <m> on <o>",
                        "<o> is marked with <m>",
                        "on <o> there is <m>",
                        "<s> is <o> [that|which] [shows|contains] <m>",
                    ]
                    :
                    [
                        "<s> is <o>",
                        "<s> is <o> [and has no symbol|with no symbol inside|and is otherwise empty|with an empty "
                            + "[center|centre]]",
                        "<s> consists of <o>",
                    ],
                slots
            ),
            sentence: true
        );
    }

    /// <summary>Says something of it and leaves out the rest.</summary>
    public string Part(Design design)
    {
        (string Slot, string Words)[] slots = Slots(design);
        bool symbol = slots[^1].Words.Length > 0;
        return speaker.Random.Chance(0.4)
            ? Speaker.Finish(
                speaker.SayOne(
                    symbol
                        ? ["a sign with <m>", "a [road|traffic] sign [with|showing] <m>", "<m>", "<o>"]
                        : ["<o>", "a sign, <o>"],
                    slots
                ),
                sentence: false
            )
            : Speaker.Finish(
                speaker.SayOne(
                    symbol
                        ?
                        [
                            "<s> [has|shows|features] <m>",
                            "<s> is <o>",
                            "[the|its] symbol is <m>",
                            "<s> can be recogni[s|z]ed by <m>",
                        ]
                        : ["<s> is <o>"],
                    slots
                ),
                sentence: true
            );
    }

    private (string Slot, string Words)[] Slots(Design design)
    {
        Tint face = design.Field.Tints[0];
        Tint? rim = design.Elements.OfType<Border>().FirstOrDefault()?.Tint;
        string outline = speaker.Say(OutlinePattern(design.Outline), ("face", ColorWords.Of(face, speaker)));
        if (rim is { } tint)
        {
            string color = ColorWords.Of(tint, speaker);
            outline =
                speaker.Random.Chance(0.2) && outline.StartsWith("a ", StringComparison.Ordinal)
                    ? speaker.Say("a <rim>-[bordered|rimmed|edged] <rest>", ("rim", color), ("rest", outline[2..]))
                    : speaker.Say(
                        "<o> [with a [|thick|broad|wide] <rim> [border|rim|edge|outline]|[bordered|edged|outlined] in "
                            + "<rim>|[with|and] a <rim> border]",
                        ("o", outline),
                        ("rim", color)
                    );
        }

        string[] symbols =
        [
            .. _elements
                .Of(design)
                .Zip(design.Elements)
                .Where(static pair => pair.Second is Charge)
                .Select(static pair => pair.First.Noun),
        ];
        string all = symbols.Length switch
        {
            0 => "",
            1 => symbols[0],
            _ => speaker.Say(
                "[<a> [crossed out by|struck through by|with|under|covered by] <b>|<a> and <b>|<b> [over|across|through] <a>]",
                ("a", symbols[0]),
                ("b", symbols[1])
            ),
        };
        return [("s", Subject()), ("o", outline), ("m", all)];
    }

    private string Subject() =>
        speaker.Random.Chance(0.15)
            ? speaker.Say("[the <n> sign|the road sign of <n>]", ("n", InventedName.Draw(speaker.Random)))
            : speaker.Say(
                "[the sign|this sign|this road sign|the traffic sign|a road sign|it|this traffic sign|the sign|a warning sign|"
                    + "this symbol|an information sign|the road sign]"
            );

    private static string OutlinePattern(Outline outline) =>
        outline switch
        {
            Outline.Disc =>
                "[a [round|circular] <face> [sign|road sign|traffic sign]|a <face> [circle|disc|disk|circular sign|round "
                    + "sign]|a [round|circular] sign with a <face> [background|face|field]]",
            Outline.Triangle =>
                "[a [triangular <face>|<face> triangular] [sign|warning sign|sign|road sign] [|pointing up|with [its|the] point "
                    + "[up|at the top]]|a <face> triangle [|pointing up|with its point up]|an upright <face> triangle]",
            Outline.InvertedTriangle =>
                "[a <face> [upside-down|inverted|downward-pointing] triangle|a <face> triangle [pointing down|pointing "
                    + "downward|standing on its point|with its point [down|at the bottom]]|a <face> triangular sign [pointing "
                    + "down|turned upside down|with the point down]|an [upside-down|inverted] <face> triangle]",
            Outline.Octagon =>
                "[a <face> [octagon|octagonal sign|eight-sided sign|octagonal road sign]|an octagonal <face> sign|an "
                    + "eight-sided <face> [sign|shape]]",
            Outline.Diamond =>
                "[a <face> [diamond|diamond-shaped sign|rhombus|square [standing|turned|balanced|set] on [its|one] "
                    + "[corner|point]|diamond-shaped road sign]|a diamond-shaped <face> sign]",
            _ => "[a <face> [square|square sign|rectangular sign|rectangle|square road sign]|a square <face> sign|a square sign "
                + "with a <face> background]",
        };
}
