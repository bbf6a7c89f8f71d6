using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>
/// Writes captions for flags, from a few words to a few sentences, in the manners of catalogues, encyclopaedias and language
/// models.
/// </summary>
internal sealed class FlagCaptions(Speaker speaker)
{
    private readonly FieldWords _fields = new(speaker);
    private readonly ElementWords _elements = new(speaker);

    /// <summary>Says everything, in one of many ways.</summary>
    public string Whole(Design design)
    {
        IReadOnlyList<Mention> mentions = _elements.Of(design);
        return mentions.Count == 0 ? FieldAlone(design)
            : speaker.Random.Chance(0.3) ? InWords(design, mentions)
            : InSentences(design, mentions);
    }

    /// <summary>Says something of it and leaves out the rest.</summary>
    public string Part(Design design)
    {
        IReadOnlyList<Mention> mentions = _elements.Of(design);
        if (mentions.Count == 0 || speaker.Random.Chance(0.12))
        {
            return speaker.Random.Chance(0.3) ? Colors(design)
                : mentions.Count == 0 ? FieldAlone(design)
                : FieldBelow(design);
        }

        Mention mention = speaker.Random.Pick<Mention>([.. mentions]);
        return speaker.Random.Chance(0.35)
            ? Speaker.Finish(
                speaker.SayOne(["a flag with <m>", "<m>", "flag with <m>", "a photo of a flag with <m>"], ("m", mention.Whole)),
                sentence: false
            )
            : Speaker.Finish(
                speaker.SayOne(
                    [
                        "<s> [has|features|bears|shows|displays] <m>",
                        "there <is> <m>",
                        "<s> [can be recogni[s|z]ed by|is known for|is recognizable by|is distinguished by] its <bare>",
                        "you can [recogni[s|z]e|identify] <s> by its <bare>",
                        "[its|the] [main|most distinctive|central] [feature|element] is <m>",
                        "[a|the] flag [with|bearing] <m>",
                    ],
                    ("s", Subject()),
                    ("m", mention.Whole),
                    ("is", mention.Plural ? "are" : "is"),
                    ("bare", Bare(mention.Whole))
                ),
                sentence: true
            );
    }

    /// <summary>All of a flag that is its field alone.</summary>
    private string FieldAlone(Design design)
    {
        (string Slot, string Words)[] slots =
        [
            ("s", Subject()),
            ("n", _fields.Noun(design.Field)),
            ("p", _fields.Predicate(design.Field)),
        ];
        return speaker.Random.Chance(0.3)
                ? Speaker.Finish(
                    speaker.SayOne(["<n>", "a flag with <n>", "flag of <n>", "a flag of <n>", "<n>, no emblem"], slots),
                    sentence: false
                )
            : _fields.Clause(design.Field) is { } clause && speaker.Random.Chance(0.35) ? Speaker.Finish(clause, sentence: true)
            : Speaker.Finish(
                speaker.SayOne(
                    [
                        "<s> <p>",
                        "<s> <p>",
                        design.Field is Plain ? "<s> <p>" : "<n> [make up|form] <s>",
                        "<s> looks like <n>",
                        "<s> <p>[, without any [emblem|symbol]| and has no emblem| and nothing else]",
                        "<s> is [a simple|a] flag with <n>",
                    ],
                    slots
                ),
                sentence: true
            );
    }

    /// <summary>The field of a flag on which other things lie; so it must not say that it is all there is.</summary>
    private string FieldBelow(Design design) =>
        Speaker.Finish(
            speaker.SayOne(
                design.Field is Plain
                    ?
                    [
                        "[the|its] [background|field|base|ground] is <c>",
                        "<s> has a <c> [background|field|base]",
                        "a flag with a <c> [background|field]",
                        "the [background|field] of the flag is <c>",
                    ]
                    : ["<s> has <n>", "<n>", "a flag with <n>", "the flag has <n>"],
                ("s", Subject()),
                ("c", ColorWords.Of(design.Field.Tints[0], speaker)),
                ("n", _fields.Noun(design.Field))
            ),
            sentence: true
        );

    private string Colors(Design design)
    {
        string list = speaker.List([.. design.Tints.Select(tint => ColorWords.Of(tint, speaker))]);
        return Speaker.Finish(
            speaker.SayOne(
                [
                    "[the colo[u|]rs of the flag|its colo[u|]rs|the flag's colo[u|]rs] are <l>",
                    "<s> is <l>",
                    "a flag in <l>",
                    "<s> uses the colo[u|]rs <l>",
                ],
                ("l", list),
                ("s", Subject())
            ),
            sentence: true
        );
    }

    private string InWords(Design design, IReadOnlyList<Mention> mentions)
    {
        string list = speaker.List([.. mentions.Select(static mention => mention.Whole)]);
        (string Slot, string Words)[] slots =
        [
            ("f", _fields.Noun(design.Field)),
            ("on", _fields.On(design.Field)),
            ("m", list),
            ("rest", string.Join(", ", mentions.Select(static mention => mention.Whole))),
        ];
        return Speaker.Finish(
            speaker.SayOne(
                [
                    "<f> with <m>",
                    "<m> <on>",
                    "<f>, <rest>",
                    "a flag with <f> and <m>",
                    "flag: <f>, <rest>",
                    "<f>; <rest>",
                    "a flag [showing|bearing] <m> <on>",
                    "<f> with <m>",
                    "a photo of a flag with <m> <on>",
                ],
                slots
            ),
            sentence: false
        );
    }

    private string InSentences(Design design, IReadOnlyList<Mention> mentions)
    {
        string list = speaker.List([.. mentions.Select(static mention => mention.Whole)]);
        Mention last = mentions[^1];
        string before =
            mentions.Count == 1
                ? ""
                : $" with {speaker.List([.. mentions.Take(mentions.Count - 1).Select(static mention => mention.Whole)])}";
        (string Slot, string Words)[] slots =
        [
            ("s", Subject()),
            ("f", _fields.Noun(design.Field)),
            ("p", _fields.Predicate(design.Field)),
            ("on", _fields.On(design.Field)),
            ("m", list),
            ("before", before),
            ("noun", last.Noun),
            ("where", last.Where),
            ("is", last.Plural ? "are" : "is"),
            ("tail", Tail()),
            ("Where", last.Where.Length == 0 ? "on it" : last.Where),
        ];
        string clause = _fields.Clause(design.Field) ?? _fields.Rest(design.Field);
        slots =
        [
            .. slots,
            ("clause", clause),
            ("be", mentions[0].Plural ? "are" : "is"),
            (
                "sits",
                speaker.Say(
                    last.Plural
                        ? "[sit|lie|stand|appear|are found|can be seen|are placed]"
                        : "[sits|lies|stands|appears|is found|can be seen|is placed|is shown]"
                )
            ),
        ];
        // Some words say their place before the noun, others only behind it.
        bool movable =
            last.Where.StartsWith("in the", StringComparison.Ordinal)
            || last.Where.StartsWith("on the", StringComparison.Ordinal)
            || last.Where.StartsWith("at the", StringComparison.Ordinal);
        bool only = mentions.Count == 1;
        string[] patterns = movable
            ?
            [
                "<s> <p><before>. <Where> [<is>|there <is>|<is>] <noun><tail>",
                "<s> <p><before>, and <Where> [<is>|there <is>] <noun>",
                "<s> <p><before> with <noun> <Where><tail>",
                "<s> <p><before>, with <noun> [placed|set|located|] <Where>",
                .. only
                    ? (string[])
                        [
                            "<noun> <is> [placed|set|located|centred|shown|] <Where> <on>",
                            "<s> [has|features|shows] <noun> <Where> <on><tail>",
                            "<noun> <sits> <Where> <on>",
                            "<clause>, and <Where> [<is>|there <is>] <noun>",
                            "<Where> [<is>|there <is>] <noun>, and <clause>",
                        ]
                    : [],
            ]
            :
            [
                "<s> <p> with <m><tail>",
                "<s> [has|features|shows|displays|bears|depicts] <m> <on><tail>",
                "<s> <p>. [It has|It also has|It also features|It shows|It bears] <m>",
                "<s> [consists of|is made up of|combines] <f> and <m>",
                "<s> <p>, with <m>",
                "<s> shows <f> with <m><tail>",
                "[The design shows|It shows|You can see|The design features] <m> <on>",
                "<s> [can be recogni[s|z]ed by|is recognizable by|is known for] <m> <on>",
                "<s> <p> [bearing|charged with] <m>",
                "you can [recogni[s|z]e|identify] <s> by <m> <on>",
                "<s> looks like <m> <on>",
                "<f> and <m> [make up|form] <s>",
                "<s> has <m>, and <clause>",
                "there <be> <m>, and <clause>",
            ];
        return Speaker.Finish(speaker.Say(speaker.Random.Pick<string>(patterns), slots), sentence: true);
    }

    private string Subject() =>
        speaker.Random.Chance(0.45)
            ? speaker.Say(
                "[the flag of <n>|the flag of <n>|the national flag of <n>|<n>'s flag|the <n> flag|the flag of the "
                    + "[country|nation|state] of <n>]",
                ("n", InventedName.Draw(speaker.Random))
            )
            : speaker.Say("[the flag|this flag|it|the flag|the national flag|this flag|the design]");

    /// <summary>A language model likes to add what it all means; it says nothing of the image.</summary>
    private string Tail() =>
        speaker.Random.Chance(0.07)
            ? speaker.Say(
                ", [symboli[s|z]ing|representing|which stands for] [peace|freedom|unity|the nation|the people|the land and its "
                    + "people|hope|independence]"
            )
            : "";

    private static string Bare(string noun) =>
        noun.StartsWith("a ", StringComparison.Ordinal) ? noun[2..]
        : noun.StartsWith("the ", StringComparison.Ordinal) ? noun[4..]
        : noun;
}
