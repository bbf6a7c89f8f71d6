using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>What can be said of stripes: how many, how they lie, how wide, in which order.</summary>
internal sealed class BandWords(Speaker speaker)
{
    public string Noun(Bands bands)
    {
        string[] colors = Colors(bands);
        string lie = bands.Vertical ? "vertical" : "horizontal";
        string stripes = speaker.Say("[stripes|bands|stripes|bands|bars]"),
            stripe1 = stripes[..^1];
        (string Slot, string Words)[] slots =
        [
            ("n", ShapeWords.Number(colors.Length)),
            ("lie", lie),
            ("stripes", stripes),
            ("stripe", stripe1),
            ("list", speaker.List(colors)),
            ("along", Along(bands)),
            ("a", colors[0]),
            ("b", colors[1]),
            ("c", colors[^1]),
            ("first", speaker.Say(bands.Vertical ? "[left|hoist|left-hand]" : "[top|upper]")),
            ("last", speaker.Say(bands.Vertical ? "[right|fly|right-hand]" : "[bottom|lower]")),
            ("atfirst", speaker.Say(bands.Vertical ? "[on the left|at the hoist|on the hoist side]" : "[at the top|on top]")),
            (
                "atlast",
                speaker.Say(bands.Vertical ? "[on the right|at the fly|on the fly side]" : "[at the bottom|below|on the bottom]")
            ),
            ("middle", speaker.Say("in the [middle|centre|center]")),
        ];
        return speaker.SayOne(Patterns(bands), slots);
    }

    /// <summary>A verb and what follows it, in ways that a noun does not allow.</summary>
    public string Predicate(Bands bands)
    {
        string[] colors = Colors(bands);
        (string Slot, string Words)[] slots =
        [
            ("lie", bands.Vertical ? "vertical" : "horizontal"),
            ("list", speaker.List(colors)),
            ("along", Along(bands)),
            ("a", colors[0]),
            ("b", colors[1]),
            ("c", colors[^1]),
            ("way", bands.Vertical ? "vertically" : "horizontally"),
            ("noun", Noun(bands)),
        ];
        return bands switch
        {
            { Stripes.Count: 2, Weights: null } => speaker.SayOne(
                bands.Vertical
                    ?
                    [
                        "is divided <way> [in half|into two halves], <a> on the left and <b> on the right",
                        "is a vertical [bicolour|bicolor] of <a> and <b>",
                        "is <a> on the [left|hoist side] and <b> on the [right|fly side]",
                        "is half <a> and half <b>, divided <way>",
                        "is split <way> into <a> and <b>",
                    ]
                    :
                    [
                        "is divided <way> [in half|into two halves], <a> [on top|above] and <b> [below|on the bottom]",
                        "is a horizontal [bicolour|bicolor] of <a> and <b>",
                        "is <a> [on the top|on top] and <b> on the bottom",
                        "is half <a> and half <b>, divided <way>",
                        "has a <a> upper half and a <b> lower half",
                        "is <a> over <b>",
                        "is split <way> into <a> and <b>",
                    ],
                slots
            ),
            { Stripes.Count: 3 } when bands.Stripes[0] != bands.Stripes[2] => speaker.SayOne(
                [
                    "is a <lie> [tricolour|tricolor|triband] of <list>",
                    "is a [tricolour|tricolor] [with <lie> [bands|stripes] |]of <list>",
                    "is <list>, <along>",
                    "is striped <way> in <list>",
                ],
                slots
            ),
            { Alternate: true } => speaker.SayOne(
                [
                    "is striped <way> in <a> and <b>",
                    "alternates <a> and <b> [stripes|bands]",
                    "has alternating <lie> [stripes|bands] of <a> and <b>",
                ],
                slots
            ),
            _ => speaker.SayOne(["has <noun>", "is striped <way>, with <noun>", "consists of <noun>"], slots),
        };
    }

    /// <summary>
    /// A clause that names stripe by stripe: "the top stripe is red, the middle one is white and the bottom one is blue".
    /// </summary>
    public string Clause(Bands bands)
    {
        string[] colors = Colors(bands);
        bool equal = bands.Weights is null;
        string part =
            equal && colors.Length == 2 ? "half"
            : equal && colors.Length == 3 ? speaker.Say("[third|stripe|band|part]")
            : speaker.Say("[stripe|band|part]");
        (string Slot, string Words)[] slots =
        [
            ("part", part),
            ("a", colors[0]),
            ("b", colors[1]),
            ("c", colors[^1]),
            ("along", Along(bands)),
            ("list", speaker.List(colors)),
            ("stripes", speaker.Say("[stripes|bands|bars]")),
            ("n", ShapeWords.Number(colors.Length)),
            ("first", speaker.Say(bands.Vertical ? "[left|left|hoist]" : "[top|upper]")),
            ("last", speaker.Say(bands.Vertical ? "[right|right|fly]" : "[bottom|lower]")),
            (
                "lying",
                speaker.Say(
                    bands.Vertical
                        ? "[stand|lie|are] [side by side|next to [each other|one another]]"
                        : "[lie|are] [one above the other|on top of each other|above one another]"
                )
            ),
        ];
        string[] general =
        [
            "<along>, the [colo[u|]rs|<stripes>] are <list>",
            "<along>[,|] [it|the flag] is <list>",
            "<stripes> of <list> <lying>",
            "<stripes> in <list> [make up|form] the flag",
            "its [colo[u|]rs|<stripes>] are <list>[, <along>|]",
        ];
        return speaker.SayOne(
            colors.Length switch
            {
                2 =>
                [
                    "the <first> <part> [of the flag|] is <a> and the <last> <part> is <b>",
                    "[it is|] <a> on the <first> and <b> on the <last> [side|]",
                    .. general,
                ],
                3 =>
                [
                    "the <first> <part> is <a>, the [middle|central|center] <part> is <b>[,|] and the <last> <part> is <c>",
                    "the <first> <part> [of the flag|] is <a>, the middle is <b>[,|] and the <last> <part> is <c>",
                    .. general,
                ],
                _ => general,
            },
            slots
        );
    }

    private string[] Patterns(Bands bands)
    {
        string[] plain =
        [
            "<n> <lie> <stripes> [of|in] <list>",
            "<n> [equal|equally wide|] <lie> <stripes> of <list>",
            "<n> <lie> <stripes>[,|:] <along>[,|:|] <list>",
            "<lie> <stripes> of <list>",
            "<list> <lie> <stripes>",
            "<n> <lie> <stripes>: <list> <along>",
            "<n> <lie> <stripes> of [equal|the same] [size|width|height], <list>",
            "<list> <stripes>",
        ];
        if (bands.Weights is { } weights)
        {
            return Uneven(bands, weights);
        }

        return bands.Stripes.Count switch
        {
            2 =>
            [
                .. plain,
                .. bands.Vertical
                    ? (string[])
                        [
                            "a <a> [left|hoist] half and a <b> [right|fly] half",
                            "two vertical halves, <a> <atfirst> and <b> <atlast>",
                            "a <a> <stripe> <atfirst> and a <b> <stripe> <atlast>",
                        ]
                    :
                    [
                        "a <a> [upper|top] half and a <b> [lower|bottom] half",
                        "<a> over <b>",
                        "a <a> <stripe> [over|above] a <b> <stripe>",
                        "two horizontal halves, <a> above <b>",
                        "<n> [equal|] horizontal <stripes> of <a> (top) and <b>",
                        "a <a> <first> <stripe> and a <b> <last> <stripe>",
                        "a <a> <stripe> [on top|at the top] and a <b> <stripe> [below|at the bottom]",
                    ],
            ],
            3 when bands.Stripes[0] == bands.Stripes[2] =>
            [
                .. plain,
                "a <b> <lie> <stripe> between two <a> <stripes>",
                "two <a> <lie> <stripes> separated by a <b> <stripe>",
                "two [outer|] <a> <lie> <stripes> with a <b> <stripe> between them",
                "a <a> field with a <b> <lie> <stripe> [through|across|down] the [middle|centre|center]",
                "a central <b> <lie> <stripe> [flanked|bordered] by two <a> <stripes>",
                bands.Vertical
                    ? "<a> <stripes> on the left and right [sides|] and a <b> <stripe> [in the middle|between them]"
                    : "<a> <stripes> at the top and bottom and a <b> <stripe> [in the middle|between them]",
                bands.Vertical
                    ? "a <b> <stripe> in the [center|middle] with <a> <stripes> on either side"
                    : "a <b> <stripe> in the [center|middle] with <a> <stripes> above and below",
            ],
            3 =>
            [
                .. plain,
                "a <lie> [tricolour|tricolor|triband] of <list>",
                "a <a> <stripe> <atfirst>, a <b> <stripe> <middle>[,|] and a <c> <stripe> <atlast>",
                "<a> <atfirst>, <b> <middle>[,|] and <c> <atlast>",
                "three [equal|] <lie> <stripes>: <a> <atfirst>, <b> <middle>[,|] and <c> <atlast>",
                bands.Vertical
                    ? "three vertical bands of <a> (hoist side), <b>[,|] and <c>"
                    : "three [equal|] horizontal <stripes> of <a> (top), <b>[,|] and <c>",
                bands.Vertical
                    ? "a <b> <stripe> between a <a> one on the left and a <c> one on the right"
                    : "<a> over <b> over <c>",
            ],
            _ when bands.Alternate =>
            [
                "<n> <lie> <stripes> alternating [between|] <a> and <b>",
                "<n> alternating <lie> <stripes> of <a> and <b>",
                "alternating <a> and <b> <lie> <stripes>",
                "<n> <a> and <b> <stripes>",
                "many <a> and <b> <lie> <stripes>",
            ],
            _ => [.. plain, .. bands.Stripes.SequenceEqual(bands.Stripes.Reverse()) ? Mirrored(bands) : []],
        };
    }

    /// <summary>Five stripes of which the outer ones are alike.</summary>
    private string[] Mirrored(Bands bands)
    {
        (string middle, string around, string outer) = (
            Color(bands.Stripes[2]),
            Color(bands.Stripes[1]),
            Color(bands.Stripes[0])
        );
        (string wide, string narrow) = bands.Weights is { } weights
            ? (
                weights[2] > weights[1] ? speaker.Say("[wide|broad|thick|]") : "",
                weights[1] < weights[0] ? speaker.Say("[narrow|thin|]") : ""
            )
            : ("", "");
        string ends = bands.Vertical
            ? "[on the left and right|at both ends|on the sides]"
            : "[at the top and bottom|at top and bottom|on the outer edges]";
        return
        [
            $"a {wide} {middle} <lie> <stripe> <middle>[,|] [edged|bordered|flanked|framed|outlined] "
                + $"[by|in|with] {narrow} {around}[,| <stripes>,] with {outer} <stripes> {ends}",
            $"a {wide} {middle} <stripe> [across|through] the [middle|center] with {narrow} {around} [edges|borders] on "
                + $"a {outer} [field|background]",
            $"{outer} <stripes> {ends}, {narrow} {around} <stripes> [inside them|next to them] and a {wide} {middle} <stripe> "
                + "<middle>",
            $"a {wide} {middle} <stripe> <middle>, separated from [the|] {outer} <stripes> by {narrow} {around} <stripes>",
        ];
    }

    /// <summary>Stripes of unequal widths.</summary>
    private string[] Uneven(Bands bands, IReadOnlyList<double> weights)
    {
        List<string> patterns =
        [
            "<n> <lie> <stripes> of <list>",
            "<n> [unequal|] <lie> <stripes> of <list>",
            "<lie> <stripes> of <list>",
        ];
        int count = weights.Count;
        int widest = weights.ToList().IndexOf(weights.Max());
        bool alone = weights.Count(weight => weight == weights[widest]) == 1;
        if (alone && count <= 3)
        {
            string which =
                widest == 0 ? "<first>"
                : widest == count - 1 ? "<last>"
                : "[middle|central]";
            patterns.Add(
                $"<n> <lie> <stripes> of <list>, the {which} [one|<stripe>] [wider|twice as wide|much wider than the others|"
                    + "wider than the others|the widest|taking up more room]"
            );
            patterns.Add($"<list> <lie> <stripes> with a [wide|broad|thick|double-width] {which} <stripe>");
        }

        if (count == 3)
        {
            patterns.Add(
                $"a {Width(weights, 0)} <a> <stripe> <atfirst>, a {Width(weights, 1)} <b> <stripe> <middle>[,|] and a "
                    + $"{Width(weights, 2)} <c> <stripe> <atlast>"
            );
            if (bands.Stripes[0] == bands.Stripes[2])
            {
                patterns.Add($"a {Width(weights, 1)} <b> <lie> <stripe> between two {Width(weights, 0)} <a> <stripes>");
                patterns.Add($"two {Width(weights, 0)} <a> <lie> <stripes> separated by a {Width(weights, 1)} <b> <stripe>");
                if (weights[1] < weights[0])
                {
                    patterns.Add("a <a> field with a [narrow|thin] <b> <lie> <stripe> [through|across] the [middle|center]");
                }
            }
        }
        else if (count == 2)
        {
            patterns.Add($"a {Width(weights, 0)} <a> <stripe> <atfirst> and a {Width(weights, 1)} <b> <stripe> <atlast>");
        }
        else if (count == 5 && bands.Stripes.SequenceEqual(bands.Stripes.Reverse()))
        {
            patterns.AddRange(Mirrored(bands));
        }

        return [.. patterns];
    }

    private string Width(IReadOnlyList<double> weights, int stripe)
    {
        double mean = weights.Average();
        return weights[stripe] > mean * 1.15 ? speaker.Say("[wide|broad|thick|wider|]")
            : weights[stripe] < mean * 0.85 ? speaker.Say("[narrow|thin|narrower|]")
            : "";
    }

    private string Along(Bands bands) =>
        speaker.Say(
            bands.Vertical
                ? "[from left to right|from hoist to fly|from the hoist side]"
                : "[from top to bottom|top to bottom|from the top]"
        );

    /// <summary>A color that occurs twice is called the same.</summary>
    private string[] Colors(Bands bands)
    {
        Dictionary<Tint, string> names = bands.Stripes.Distinct().ToDictionary(static tint => tint, Color);
        return [.. bands.Stripes.Select(tint => names[tint])];
    }

    private string Color(Tint tint) => ColorWords.Of(tint, speaker);
}
