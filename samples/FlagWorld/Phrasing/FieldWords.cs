using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>
/// What can be said of a flag's field: as a noun ("a white field", "three horizontal stripes of …") and as what a sentence says
/// of its subject ("is white").
/// </summary>
internal sealed class FieldWords(Speaker speaker)
{
    private readonly BandWords _bands = new(speaker);

    /// <summary>A noun with its article.</summary>
    public string Noun(Field field) =>
        field switch
        {
            Plain plain => speaker.Say(
                "[a [plain|solid|] <c> [field|background|base|field|background|ground|banner|rectangle]|a <c> flag]",
                ("c", Color(plain.Tint))
            ),
            Bands bands => _bands.Noun(bands),
            DiagonalHalves halves => Diagonal(halves),
            Quarters quarters => OfQuarters(quarters),
            SaltireQuarters quarters => speaker.SayOne(
                [
                    "<a> triangles at [the] top and bottom and <b> triangles [at|on] the left and right [sides|]",
                    "four triangles, <a> [above and below|at top and bottom] "
                        + "and <b> [at the hoist and fly|on the left and right]",
                    "a field divided [diagonally|by its diagonals] into four triangles, <a> top and bottom[,|] [and|] <b> left "
                        + "and right",
                    "<a> top and bottom and <b> left and right triangles",
                ],
                ("a", Color(quarters.Vertical)),
                ("b", Color(quarters.Sideways))
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, "No words are known for this field."),
        };

    /// <summary>A verb and what follows it.</summary>
    public string Predicate(Field field)
    {
        string noun = Noun(field);
        return field switch
        {
            Plain plain => speaker.SayOne(
                [
                    "is <c>",
                    "is [entirely|plain|solid|all] <c>",
                    "has a [plain|solid|] <c> [field|background|base]",
                    "is a <c> [field|flag]",
                    "is a [plain|solid|simple] <c> [field|flag]",
                    "[uses|shows] a <c> background",
                ],
                ("c", Color(plain.Tint))
            ),
            Bands bands when speaker.Random.Chance(0.35) => _bands.Predicate(bands),
            Bands => speaker.Say(
                "[has|consists of|is composed of|features|is made up of|shows|has|is divided into|displays] <n>",
                ("n", noun)
            ),
            _ when noun.StartsWith("a field divided", StringComparison.Ordinal) => speaker.Say(
                "is <n>",
                ("n", noun[(noun.IndexOf("divided", StringComparison.Ordinal))..])
            ),
            _ => speaker.Say("[has|consists of|shows|features|is made up of] <n>", ("n", noun)),
        };
    }

    /// <summary>A clause that says all of the field without a subject of its own, or null where there is none.</summary>
    public string? Clause(Field field) =>
        field switch
        {
            Bands { Alternate: false } bands => _bands.Clause(bands),
            DiagonalHalves halves => speaker.SayOne(
                [
                    "the upper [<x>|] [half|part|triangle] is <u> and the lower [half|part|triangle] is <l>",
                    "a diagonal line [separates|divides] <u> from <l>",
                    "<u> and <l> are separated by a diagonal line",
                ],
                ("x", halves.Rising ? "left" : "right"),
                ("u", Color(halves.Upper)),
                ("l", Color(halves.Lower))
            ),
            Quarters quarters => speaker.SayOne(
                [
                    "the upper left quarter is <a>, the upper right is <b>, the lower left is <c>[,|] and the lower right is <d>",
                    "[two|the] [upper|top] quarters are <a> and <b>[,|] and the [lower|bottom] ones are <c> and <d>",
                ],
                ("a", Color(quarters.UpperHoist)),
                ("b", Color(quarters.UpperFly)),
                ("c", Color(quarters.LowerHoist)),
                ("d", Color(quarters.LowerFly))
            ),
            SaltireQuarters quarters => speaker.SayOne(
                [
                    "the top and bottom are <a>[,|] and the [left and right|sides] are <b>",
                    "two [of the|] triangles are <a> and two are <b>",
                ],
                ("a", Color(quarters.Vertical)),
                ("b", Color(quarters.Sideways))
            ),
            _ => null,
        };

    /// <summary>A clause about the field behind something that was named before.</summary>
    public string Rest(Field field) =>
        speaker.Say(
            "[the rest|everything else|the rest of the flag] "
                + $"is {(field is Plain ? "<a>" : "[striped|striped|covered with [stripes|bands]] in <list>")}",
            ("a", Color(field.Tints[0])),
            ("list", speaker.List([.. field.Tints.Distinct().Select(Color)]))
        );

    /// <summary>Where things lie that lie on the field: "on a white field".</summary>
    public string On(Field field)
    {
        string noun = field is Plain plain && speaker.Random.Chance(0.15) ? Color(plain.Tint) : Noun(field);
        return speaker.Say(field is Plain ? "[on|on|against|over] <n>" : "[on|over|on top of] <n>", ("n", noun));
    }

    private string Diagonal(DiagonalHalves halves) =>
        speaker.SayOne(
            halves.Rising
                ?
                [
                    "a field divided diagonally [from the lower hoist [side|corner|] to the upper fly [side|corner|]|from "
                        + "bottom left to top right|], <u> [above|in the upper left|in the upper hoist] and <l> [below|in the "
                        + "lower right|in the lower fly]",
                    "two [diagonal halves|triangles], [an upper|the upper] [left|hoist] [one|] <u> and [a lower|the lower] "
                        + "[right|fly] [one|] <l>",
                    "<u> and <l> [diagonal halves|triangles|divided by a rising diagonal]",
                    "a <u> [upper left|upper hoist] triangle and a <l> [lower right|lower fly] triangle",
                    "a diagonal [division|split] of <u> and <l>",
                ]
                :
                [
                    "a field divided diagonally [from the upper hoist [side|corner|] to the lower fly [side|corner|]|from top "
                        + "left to bottom right|], <u> [above|in the upper right|in the upper fly] and <l> [below|in the lower "
                        + "left|in the lower hoist]",
                    "two [diagonal halves|triangles], [an upper|the upper] [right|fly] [one|] <u> and [a lower|the lower] "
                        + "[left|hoist] [one|] <l>",
                    "<u> and <l> [diagonal halves|triangles|divided by a falling diagonal]",
                    "a <u> [upper right|upper fly] triangle and a <l> [lower left|lower hoist] triangle",
                    "a diagonal [division|split] of <u> and <l>",
                ],
            ("u", Color(halves.Upper)),
            ("l", Color(halves.Lower))
        );

    private string OfQuarters(Quarters quarters)
    {
        (string a, string b, string c, string d) = (
            Color(quarters.UpperHoist),
            Color(quarters.UpperFly),
            Color(quarters.LowerHoist),
            Color(quarters.LowerFly)
        );
        return quarters.UpperHoist == quarters.LowerFly && quarters.UpperFly == quarters.LowerHoist
            ? speaker.SayOne(
                [
                    "four [quarters|rectangles], <a> and <b> alternating",
                    "<a> and <b> [quarters|quadrants]",
                    "a field [divided into quarters|quartered] of <a> and <b>",
                    "four quarters, <a> [in the|at] upper left and lower right, <b> [in the|at] upper right and lower left",
                ],
                ("a", a),
                ("b", b)
            )
            : speaker.SayOne(
                [
                    "four [quarters|rectangles|quadrants], <a> [in the|at the] upper left, <b> [in the|at the] upper right, <c> "
                        + "[in the|at the] lower left and <d> [in the|at the] lower right",
                    "[four|] quarters of <a>, <b>, <c> and <d>",
                    "a field divided into four [quarters|rectangles], the [top|upper] ones <a> and <b>, the [bottom|lower] ones "
                        + "<c> and <d>",
                    "<a> and <b> [upper|top] quarters and <c> and <d> [lower|bottom] quarters",
                ],
                ("a", a),
                ("b", b),
                ("c", c),
                ("d", d)
            );
    }

    private string Color(Tint tint) => ColorWords.Of(tint, speaker);
}
