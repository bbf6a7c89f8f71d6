using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>What is said of one thing on a field.</summary>
/// <param name="Noun">With its article: "a large red disc".</param>
/// <param name="Where">"in the centre"; empty where the noun says it.</param>
/// <param name="Plural">Whether the noun is a plural.</param>
internal sealed record Mention(string Noun, string Where, bool Plural)
{
    public string Whole => Where.Length == 0 ? Noun : $"{Noun} {Where}";
}

/// <summary>What can be said of the elements of a flag.</summary>
internal sealed class ElementWords(Speaker speaker)
{
    /// <summary>The elements as one would name them: a charge in a canton together with the canton.</summary>
    public IReadOnlyList<Mention> Of(Design design)
    {
        List<Mention> mentions = [];
        foreach (Element element in design.Elements)
        {
            Place? carried = element switch
            {
                Canton => Place.Canton,
                HoistTriangle => Place.Triangle,
                HoistBar => Place.Bar,
                _ => null,
            };
            if (carried is { } place)
            {
                Charge? charge = design.Elements.OfType<Charge>().FirstOrDefault(charge => charge.Place == place);
                mentions.Add(charge is null ? Simple(element, design) : Carrying(Simple(element, design), charge, design));
            }
            else if (element is not Charge { Place: Place.Canton or Place.Triangle or Place.Bar })
            {
                mentions.Add(Simple(element, design));
            }
        }

        return mentions;
    }

    private Mention Simple(Element element, Design design) =>
        element switch
        {
            Cross cross => Cross(cross, design),
            HoistTriangle triangle => new(
                speaker.Say(
                    "a <c> [triangle|triangle|isosceles triangle|equilateral triangle|wedge|chevron-shaped "
                        + "triangle][<edge>|<edge>| pointing [right|to the right|toward the fly]"
                        + "| that points to the [right|fly]]",
                    ("c", Color(triangle.Tint)),
                    ("edge", Edge(triangle.Edge))
                ),
                speaker.Say(
                    "[at the hoist|on the hoist side|on the left|on the left side|at the left edge|based on the hoist side|"
                        + "along the hoist|extending from the hoist]"
                ),
                Plural: false
            ),
            HoistBar bar => new(
                speaker.Say("a [<c> vertical|vertical <c>] [band|stripe|bar]", ("c", Color(bar.Tint))),
                speaker.Say(
                    "[at the hoist|on the hoist side|on the left|on the left side|along the hoist|along the left edge|on the "
                        + "hoist edge]"
                ),
                Plural: false
            ),
            Bend bend => new(
                speaker.Say(
                    "a [<c> diagonal|diagonal <c>] [band|stripe|bar|band|stripe]<edge>",
                    ("c", Color(bend.Tint)),
                    ("edge", Edge(bend.Edge))
                ),
                speaker.Say(
                    bend.Rising
                        ? "[from the lower hoist [corner|side|] to the upper fly [corner|side|]|from [the|] [bottom|lower] left "
                            + "[corner|] to [the|] [top|upper] right [corner|]|rising toward the fly|running diagonally upward "
                            + "from the lower left|that [runs|rises] from [the|] lower left to [the|] upper right|]"
                        : "[from the upper hoist [corner|side|] to the lower fly [corner|side|]|from [the|] [top|upper] left "
                            + "[corner|] to [the|] [bottom|lower] right [corner|]|falling toward the fly|running diagonally "
                            + "downward from the upper left|that [runs|falls] from [the|] upper left to [the|] lower right|]"
                ),
                Plural: false
            ),
            Border border => new(
                speaker.Say("a <c> [border|frame|edge|border]", ("c", Color(border.Tint))),
                speaker.Say("[|around it|all around|on all sides|around the edge|that surrounds it|that frames it]"),
                Plural: false
            ),
            Canton canton => new(
                speaker.Say("a <c> [canton|square|rectangle|box|field]", ("c", Color(canton.Tint))),
                speaker.Say(
                    "[in the [upper|top] left [corner|]|in the upper hoist [corner|quarter]|in the upper hoist-side corner|at "
                        + "the upper left|in the [upper|top] left-hand corner]"
                ),
                Plural: false
            ),
            Charge charge => OfCharge(charge, design),
            _ => throw new ArgumentOutOfRangeException(nameof(element), element, "No words are known for this element."),
        };

    private Mention Carrying(Mention carrier, Charge charge, Design design)
    {
        Mention carried = OfCharge(charge, design) with { Where = "" };
        return speaker.Random.Chance(0.75)
            ? new(
                carrier.Whole,
                speaker.Say(
                    "[with|containing|bearing|charged with|holding|that contains|with|containing|that holds|in which there "
                        + "is|with] <n>",
                    ("n", carried.Noun)
                ),
                Plural: false
            )
            : new(carried.Noun, speaker.Say("[in|on|inside|within] <n>", ("n", carrier.Whole)), carried.Plural);
    }

    private Mention Cross(Cross cross, Design design)
    {
        (string c, string edge) = (Color(cross.Tint), Edge(cross.Edge));
        return cross.Form switch
        {
            CrossKind.Nordic => speaker.Say("[a|b|c]") switch
            {
                "a" => new(
                    speaker.Say(
                        "a <c> [Nordic cross|Scandinavian cross|off-centre cross|off-center cross]<e>",
                        ("c", c),
                        ("e", edge)
                    ),
                    speaker.Say("[|that extends to the edges|extending to the edges of the flag|shifted toward the hoist]"),
                    Plural: false
                ),
                "b" => new(
                    speaker.Say("a <c> cross<e>", ("c", c), ("e", edge)),
                    speaker.Say(
                        "[shifted [toward the hoist|to the left]|off-center to the left|with its [vertical|upright] [arm|bar|"
                            + "part] [nearer|closer to|shifted toward] the [hoist|left side]|whose [vertical|upright] [arm|bar|"
                            + "part] is [nearer to|closer to|shifted toward] the [hoist|left|left side]|set off-center "
                            + "toward the hoist]"
                    ),
                    Plural: false
                ),
                _ => new(
                    speaker.Say("a [<c> Nordic|Scandinavian <c>|<c> Scandinavian] cross<e>", ("c", c), ("e", edge)),
                    "",
                    Plural: false
                ),
            },
            CrossKind.Centred => new(
                speaker.Say(
                    "a <c> [cross|symmetrical cross|centred cross|centered cross|upright cross|Saint George's cross]<e>",
                    ("c", c),
                    ("e", edge)
                ),
                speaker.Say(
                    "[|that reaches the edges|extending to [the|all four] edges|across the whole flag|dividing [it|the flag] "
                        + "into [four|] quarters|that divides [it|the field] into four [parts|quarters|rectangles]|through the "
                        + "[center|middle]]"
                ),
                Plural: false
            ),
            _ => new(
                speaker.Say(
                    "a <c> [saltire|diagonal cross|X-shaped cross|saltire cross|Saint Andrew's cross|diagonal cross]<e>",
                    ("c", c),
                    ("e", edge)
                ),
                design.Field is SaltireQuarters
                    ? speaker.Say(
                        "[|dividing [it|the flag] into four triangles|that divides [it|the flag] into four triangles|that "
                            + "separates the triangles|from corner to corner|separating the triangles]"
                    )
                    : speaker.Say(
                        "[|from corner to corner|that reaches the corners|across the [whole|] flag|running corner to corner|"
                            + "that runs from corner to corner]"
                    ),
                Plural: false
            ),
        };
    }

    private Mention OfCharge(Charge charge, Design design)
    {
        string color = Color(charge.Tint),
            size = speaker.Say(PlaceWords.Size(charge.Extent));
        (string Slot, string Words)[] slots = [("colour", color), ("star", charge.StarTint is { } star ? Color(star) : color)];
        string where = charge.Place is Place.Canton or Place.Triangle or Place.Bar
            ? ""
            : speaker.Say(PlaceWords.Of(charge.Place));
        if (charge.Count > 1)
        {
            string number =
                charge.Count > 8 && speaker.Random.Chance(0.3) ? speaker.Say("[many|several]") : ShapeWords.Number(charge.Count);
            string arrangement = speaker.Say(PlaceWords.Of(charge.Arrangement, charge.Count));
            string several = speaker.Say(ShapeWords.Several(charge), slots);
            (string noun, bool plural) =
                charge.Arrangement == Arrangement.Circle && speaker.Random.Chance(0.3)
                    ? (speaker.Say($"a [circle|ring] of {number} {several}"), false)
                    : ($"{number} {(charge.Extent == Extent.Medium ? "" : size)} {several} {arrangement}", true);
            return new(noun, charge.Arrangement == Arrangement.Quarters ? "" : where, plural);
        }

        string one = speaker.Say(ShapeWords.One(charge), slots);
        string single = IsDefinite(one) ? $"the {one}" : $"a {size} {one}";
        if (charge.Backing is { } backing)
        {
            string under = speaker.Say(ShapeWords.One(new Charge(backing.Shape, backing.Tint)), ("colour", Color(backing.Tint)));
            single = speaker.Say(
                "[a <under> [with|containing|bearing|charged with] <n> [inside|in it|]|<n> [on|in|inside] a <under>]",
                ("under", under),
                ("n", single)
            );
        }

        if (
            charge.Place == Place.Centre
            && design.Field is Bands { Stripes.Count: 3 or 5, Alternate: false } bands
            && speaker.Random.Chance(0.35)
        )
        {
            where = speaker.Say(
                "[in the [centre|center|middle] of|on|in] the [<c>|middle|central|[middle|central] <c>] "
                    + "[stripe|band|stripe|band|bar]",
                ("c", Color(bands.Stripes[bands.Stripes.Count / 2]))
            );
        }

        return new(single, where, Plural: false);
    }

    /// <summary>Words and numbers that a sign spells out: the word STOP, the number 50, the white letters STOP.</summary>
    private static bool IsDefinite(string noun) =>
        noun.StartsWith("word", StringComparison.Ordinal)
        || noun.StartsWith("number", StringComparison.Ordinal)
        || noun.EndsWith("STOP", StringComparison.Ordinal);

    private string Edge(Tint? edge) =>
        edge is { } tint
            ? speaker.Say(
                "[| edged in <c>| with a <c> [outline|edge|border]| outlined in <c>| bordered in <c>| with [thin|narrow] <c> "
                    + "edges| fimbriated in <c>| edged with <c>]",
                ("c", Color(tint))
            )
            : "";

    private string Color(Tint tint) => ColorWords.Of(tint, speaker);
}
