using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>Where things lie, as patterns.</summary>
internal static class PlaceWords
{
    public static string Of(Place place) =>
        place switch
        {
            Place.Centre =>
                "[in the [centre|center|middle]|at [its|the] [centre|center]|in the [centre|center|middle] of [it|the flag]|in "
                    + "[its|the very] [centre|center|middle]]",
            Place.NearHoist =>
                "[in the [centre|center|middle]|slightly [left of|off] [centre|center]|[slightly off-center|slightly shifted] "
                    + "toward the hoist|slightly to the left of the [centre|center|middle]|a little nearer the hoist]",
            Place.Hoist =>
                "[on the left|on the left side|at the hoist|on the hoist side|in the left half|near the hoist|on the left-hand "
                    + "side|toward the hoist side]",
            Place.Fly =>
                "[on the right|on the right side|at the fly|on the fly side|in the right half|in the fly half|near the fly]",
            Place.Top => "[at the top|in the upper part|on the [top|upper] [stripe|band]|in the [top|upper] [stripe|band]]",
            Place.Bottom =>
                "[at the bottom|in the lower part|on the [bottom|lower] [stripe|band]|in the [bottom|lower] [stripe|band]]",
            Place.UpperHoist =>
                "[in the [upper|top] left [corner|]|in the upper hoist [corner|quarter]|in the [upper|top] left-hand corner|at "
                    + "the upper hoist side|in the upper hoist-side corner|in the canton]",
            Place.UpperFly =>
                "[in the [upper|top] right [corner|]|in the upper fly [corner|quarter]|in the [upper|top] right-hand corner]",
            Place.LowerHoist =>
                "[in the [lower|bottom] left [corner|]|in the lower hoist [corner|quarter]|in the [lower|bottom] left-hand "
                    + "corner]",
            Place.LowerFly =>
                "[in the [lower|bottom] right [corner|]|in the lower fly [corner|quarter]|in the [lower|bottom] right-hand "
                    + "corner]",
            _ => throw new ArgumentOutOfRangeException(nameof(place), place, "This place is named together with what is there."),
        };

    /// <summary>How several figures stand together.</summary>
    public static string Of(Arrangement arrangement, int count) =>
        arrangement switch
        {
            Arrangement.Row => count == 2
                ? "[|side by side|next to each other]"
                : "[in a [row|line]|in a horizontal [row|line]|side by side|]",
            Arrangement.Column =>
                "[in a [column|vertical line|vertical row]|one above [the other|another]|arranged vertically|stacked]",
            Arrangement.Circle =>
                "[in a [circle|ring]|arranged in a [circle|ring]|forming a [circle|ring]|in a circular pattern]",
            Arrangement.Arc => "[in an [arc|arch]|arranged in [an arc|a semicircle|a curve]|forming an arc|in a semicircle]",
            Arrangement.SideArc => "[in an arc|in a curved [line|column]|arranged in [an arc|a curve|a semicircle]]",
            Arrangement.SouthernCross =>
                "[forming the Southern Cross|in the shape of the Southern Cross|arranged [as|like] the Southern Cross|in a "
                    + "cross-shaped constellation|arranged in a [diamond|cross|kite]]",
            Arrangement.Grid => "[in rows|arranged in rows|in a grid|in several rows|]",
            _ => "[one in each [quarter|corner|quadrant]|in the four [corners|quarters|quadrants]|in each of the four quarters]",
        };

    public static string Size(Extent extent) =>
        extent switch
        {
            Extent.Small => "[|small|small|little|tiny]",
            Extent.Large => "[|large|large|big|huge|bold]",
            _ => "[|||||single|lone]",
        };
}
