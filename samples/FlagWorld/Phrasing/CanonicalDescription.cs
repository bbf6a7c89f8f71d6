using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>The one plain description of a combination of layout and colours: equal for designs with equal keys, different for different ones.</summary>
internal static class CanonicalDescription
{
    public static string Of(Design design)
    {
        string[] elements = [.. design.Elements.OrderBy(static element => element.Key, StringComparer.Ordinal).Select(Of)];
        string all = elements.Length == 0 ? "" : $" with {string.Join(" and ", elements)}";
        return Speaker.Finish(design.Outline == Outline.Flag ? $"a flag, {Of(design.Field)}{all}" : $"a {Of(design.Outline)} sign, {Of(design.Field)}{all}", sentence: false);
    }

    private static string Of(Outline outline) => outline switch
    {
        Outline.Disc => "round",
        Outline.InvertedTriangle => "upside-down triangular",
        Outline.Triangle => "triangular",
        Outline.Octagon => "octagonal",
        Outline.Diamond => "diamond-shaped",
        _ => "square",
    };

    private static string Of(Field field) => field switch
    {
        Plain plain => Of(plain.Tint),
        Bands bands => $"{ShapeWords.Number(bands.Stripes.Count)} {(bands.Vertical ? "vertical" : "horizontal")} stripes of {Join([.. bands.Stripes.Select(Of)])}",
        DiagonalHalves halves => halves.Rising ? $"{Of(halves.Upper)} in the upper left and {Of(halves.Lower)} in the lower right" : $"{Of(halves.Upper)} in the upper right and {Of(halves.Lower)} in the lower left",
        Quarters quarters => $"four quarters of {Join([.. quarters.Tints.Select(Of)])}",
        SaltireQuarters quarters => $"{Of(quarters.Vertical)} triangles at top and bottom and {Of(quarters.Sideways)} triangles left and right",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "No words are known for this field."),
    };

    private static string Of(Element element) => element switch
    {
        Cross cross => $"a {Of(cross.Tint)} {cross.Form switch { CrossKind.Nordic => "Nordic cross", CrossKind.Centred => "cross that reaches the edges", _ => "diagonal cross" }}",
        HoistTriangle => $"a {Of(element.Tint)} triangle at the hoist",
        HoistBar => $"a {Of(element.Tint)} vertical band at the hoist",
        Bend bend => $"a {Of(element.Tint)} diagonal band {(bend.Rising ? "from the lower left to the upper right" : "from the upper left to the lower right")}",
        Border => $"a {Of(element.Tint)} border",
        Canton => $"a {Of(element.Tint)} canton",
        Charge charge => Of(charge),
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "No words are known for this element."),
    };

    private static string Of(Charge charge)
    {
        string name = charge.Shape switch
        {
            Shape.Number => $"number {charge.Number}",
            Shape.StopWord => "word STOP",
            Shape.LetterP => "letter P",
            Shape.LetterH => "letter H",
            _ => string.Concat($"{charge.Shape}".Select(static (letter, place) => char.IsUpper(letter) && place > 0 ? $" {char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}")),
        };
        string what = charge.Count == 1 ? $"a {Of(charge.Tint)} {name}" : $"{ShapeWords.Number(charge.Count)} {Of(charge.Tint)} {(name == "leaf" ? "leave" : name)}{(name.EndsWith('s') ? "es" : "s")} {(charge.Arrangement switch
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
            Place.Canton => "in the canton",
            Place.Triangle => "in the triangle",
            _ => "in the vertical band",
        };
        return $"{what}{star}{under} {where}";
    }

    private static string Of(Tint tint) => tint.Hue.ToString().ToLowerInvariant();

    private static string Join(string[] words) => $"{string.Join(", ", words[..^1])} and {words[^1]}";
}
