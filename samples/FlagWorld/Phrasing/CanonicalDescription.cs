using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>
/// The one plain description of a combination of layout and colors: equal for designs with equal keys, different for different
/// ones.
/// </summary>
internal static class CanonicalDescription
{
    /// <summary>Names that are not the enumeration's own words.</summary>
    private static readonly Dictionary<Shape, string> Names = new()
    {
        [Shape.FourPointedStar] = "four-pointed star",
        [Shape.SixPointedStar] = "six-pointed star",
        [Shape.ManyPointedStar] = "many-pointed star",
        [Shape.HexagramOutline] = "hexagram outline",
        [Shape.PentagramOutline] = "pentagram outline",
        [Shape.CrescentAndStar] = "crescent and star",
        [Shape.ArrowUp] = "arrow pointing up",
        [Shape.ArrowDown] = "arrow pointing down",
        [Shape.ArrowLeft] = "arrow pointing left",
        [Shape.ArrowRight] = "arrow pointing right",
        [Shape.OppositeArrows] = "pair of opposite arrows",
        [Shape.CircleOfArrows] = "circle of arrows",
        [Shape.BentArrow] = "bent arrow",
        [Shape.HorizontalBar] = "horizontal bar",
        [Shape.VerticalBar] = "vertical bar",
        [Shape.Slash] = "diagonal line from the upper left to the lower right",
        [Shape.RisingSlash] = "diagonal line from the lower left to the upper right",
        [Shape.DiagonalCross] = "X",
        [Shape.ExclamationMark] = "exclamation mark",
        [Shape.WalkingPerson] = "walking person",
        [Shape.WorkingPerson] = "person digging",
        [Shape.TrafficLight] = "traffic light",
        [Shape.DeadEnd] = "T with a red top",
        [Shape.LetterP] = "letter P",
        [Shape.LetterH] = "letter H",
        [Shape.StopWord] = "word STOP",
        [Shape.Leaf] = "leaf",
    };

    public static string Of(Design design)
    {
        string[] elements =
        [
            .. design
                .Elements.Where(element => !IsCarried(element, design))
                .OrderBy(static element => element.Key, StringComparer.Ordinal)
                .Select(element => Of(element, design)),
        ];
        string all = elements.Length == 0 ? "" : $" with {string.Join(" and ", elements)}";
        return Speaker.Finish(
            design.Outline == Outline.Flag
                ? $"a flag, {Of(design.Field)}{all}"
                : $"a {Of(design.Outline)} sign, {Of(design.Field)}{all}",
            sentence: false
        );
    }

    /// <summary>Whether an element is named together with what it lies on.</summary>
    private static bool IsCarried(Element element, Design design) =>
        design.Elements.Any(carrier => Carried(carrier, design).Contains(element));

    private static IEnumerable<Charge> Carried(Element carrier, Design design)
    {
        Place? place = carrier switch
        {
            Canton => Place.Canton,
            HoistTriangle => Place.Triangle,
            HoistBar => Place.Bar,
            _ => null,
        };
        return design.Elements.OfType<Charge>().Where(charge => charge.Place == place);
    }

    private static string Of(Element element, Design design) =>
        Of(element)
        + string.Concat(
            Carried(element, design)
                .OrderBy(static charge => charge.Key, StringComparer.Ordinal)
                .Select(static charge => $" with {Of(charge)} in it")
        );

    private static string Of(Outline outline) =>
        outline switch
        {
            Outline.Disc => "round",
            Outline.InvertedTriangle => "upside-down triangular",
            Outline.Triangle => "triangular",
            Outline.Octagon => "octagonal",
            Outline.Diamond => "diamond-shaped",
            _ => "square",
        };

    private static string Of(Field field) =>
        field switch
        {
            Plain plain => Of(plain.Tint),
            Bands bands when bands.Stripes.Count >= 5 && Alternate(bands) =>
                $"{ShapeWords.Number(bands.Stripes.Count)} {(bands.Vertical ? "vertical" : "horizontal")} stripes "
                    + $"alternating {Of(bands.Stripes[0])} and {Of(bands.Stripes[1])}",
            Bands bands => $"{ShapeWords.Number(bands.Stripes.Count)} {(bands.Vertical ? "vertical" : "horizontal")} stripes "
                + $"of {Join([.. bands.Stripes.Select(Of)])}",
            DiagonalHalves halves => halves.Rising
                ? $"{Of(halves.Upper)} in the upper left and {Of(halves.Lower)} in the lower right"
                : $"{Of(halves.Upper)} in the upper right and {Of(halves.Lower)} in the lower left",
            Quarters quarters => $"four quarters of {Join([.. quarters.Tints.Select(Of)])}",
            SaltireQuarters quarters =>
                $"{Of(quarters.Vertical)} triangles at top and bottom and {Of(quarters.Sideways)} triangles left and right",
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, "No words are known for this field."),
        };

    private static string Of(Element element) =>
        element switch
        {
            Cross { Form: CrossKind.Nordic } cross => $"a {Of(cross.Tint)} Nordic cross",
            Cross { Form: CrossKind.Centred } cross => $"a {Of(cross.Tint)} cross that reaches the edges",
            Cross cross => $"a {Of(cross.Tint)} diagonal cross",
            HoistTriangle => $"a {Of(element.Tint)} triangle at the hoist",
            HoistBar => $"a {Of(element.Tint)} vertical band at the hoist",
            Bend bend => $"a {Of(element.Tint)} diagonal "
                + $"band {(bend.Rising ? "from the lower left to the upper right" : "from the upper left to the lower right")}",
            Border => $"a {Of(element.Tint)} border",
            Canton => $"a {Of(element.Tint)} canton",
            Charge charge => Of(charge),
            _ => throw new ArgumentOutOfRangeException(nameof(element), element, "No words are known for this element."),
        };

    /// <summary>What one would call a part, without where it lies: a red disc, a blue canton.</summary>
    public static string OfPart(Element element) =>
        Speaker.Finish(
            element switch
            {
                HoistTriangle => $"a {Of(element.Tint)} triangle",
                Bend => $"a {Of(element.Tint)} diagonal band",
                Charge charge => Noun(charge),
                _ => Of(element),
            },
            sentence: false
        );

    private static string Of(Charge charge)
    {
        string where = charge.Place switch
        {
            Place.Centre or Place.NearHoist => "in the centre",
            Place.Hoist => "on the left",
            Place.Fly => "on the right",
            Place.Top => "at the top",
            Place.Bottom => "at the bottom",
            Place.UpperHoist => "in the upper left corner",
            Place.UpperFly => "in the upper right corner",
            Place.LowerHoist => "in the lower left corner",
            Place.LowerFly => "in the lower right corner",
            // What it lies on says where.
            _ => "",
        };
        return $"{Noun(charge)} {where}".TrimEnd();
    }

    private static string Noun(Charge charge)
    {
        string name =
            charge.Shape == Shape.Number
                ? $"number {charge.Number}"
                : Names.GetValueOrDefault(charge.Shape, charge.Shape.ToString().ToLowerInvariant());
        string what =
            charge.Count == 1
                ? $"a {Of(charge.Tint)} {name}"
                : $"{ShapeWords.Number(charge.Count)} {Of(charge.Tint)} {Plural(name)} {(charge.Arrangement switch
                {
                    Arrangement.Row => "in a row",
                    Arrangement.Column => "in a column",
                    Arrangement.Circle => "in a circle",
                    Arrangement.Arc => "in an arc",
                    Arrangement.SideArc => "in a side arc",
                    Arrangement.SouthernCross => "as the Southern Cross",
                    Arrangement.Grid => "in rows",
                    _ => "one in each quarter",
                })}";
        string star = charge.StarTint is { } tint && tint.Hue != charge.Tint.Hue ? $" with a {Of(tint)} star" : "";
        string under = charge.Backing is { } backing ? $" on a {Of(backing.Tint)} {$"{backing.Shape}".ToLowerInvariant()}" : "";
        return $"{what}{star}{under}";
    }

    private static string Plural(string name) =>
        name == "leaf" ? "leaves"
        : name.EndsWith('s') ? $"{name}es"
        : $"{name}s";

    private static bool Alternate(Bands bands) =>
        bands.Stripes.Select(static tint => tint.Hue).Distinct().Count() == 2
        && bands.Stripes.Zip(bands.Stripes.Skip(2)).All(static pair => pair.First.Hue == pair.Second.Hue);

    private static string Of(Tint tint) => tint.Hue.ToString().ToLowerInvariant();

    private static string Join(string[] words) => $"{string.Join(", ", words[..^1])} and {words[^1]}";
}
