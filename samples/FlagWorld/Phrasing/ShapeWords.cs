using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>What shapes are called: patterns with a slot for the color, singular and plural.</summary>
internal static class ShapeWords
{
    private static readonly string[] Numbers =
    [
        "no",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
    ];

    public static string Number(int number) =>
        number < Numbers.Length ? Numbers[number] : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One of them, without an article: "&lt;colour&gt; [disc|circle]".</summary>
    public static string One(Charge charge) =>
        charge.Shape switch
        {
            Shape.Disc => "<colour> [disc|disk|circle|disc|circle|dot|ball|solid circle|round disc]",
            Shape.Ring => "<colour> [ring|circle outline|hollow circle|annulus|ring]",
            Shape.Star => "[<colour>|<colour>|five-pointed <colour>|<colour> five-pointed] star",
            Shape.FourPointedStar => "[four-pointed <colour>|<colour> four-pointed] star",
            Shape.SixPointedStar => "[[six-pointed <colour>|<colour> six-pointed] star|<colour> hexagram|<colour> Star of David]",
            Shape.ManyPointedStar =>
                $"[[{Number(charge.Number)}-pointed|{Number(charge.Number)}-pointed|{charge.Number}-pointed|many-pointed] "
                    + $"<colour>|<colour> [{Number(charge.Number)}-pointed|{charge.Number}-pointed|multi-pointed]] star",
            Shape.HexagramOutline =>
                "<colour> [Star of David|hexagram|outlined six-pointed star|six-pointed star outline|star of two interlaced "
                    + "triangles|hollow six-pointed star]",
            Shape.PentagramOutline =>
                "<colour> [pentagram|outlined five-pointed star|interlaced five-pointed star|star outline|five-pointed star "
                    + "outline|linear five-pointed star]",
            Shape.Crescent => "<colour> [crescent|crescent moon|crescent|half-moon]",
            Shape.CrescentAndStar => charge.StarTint is null
                ? "<colour> [crescent and star|crescent moon and star|star and crescent|crescent with a star|crescent and a "
                    + "<colour> star]"
                : "<colour> [crescent|crescent moon] [and a|with a] <star> star",
            Shape.Sun => "[<colour> [sun|sun with rays|rising sun|sun]|[radiant|shining] <colour> sun]",
            Shape.Diamond => "<colour> [diamond|rhombus|lozenge]",
            Shape.Square => "<colour> [square|box]",
            Shape.Triangle => "<colour> [triangle|equilateral triangle]",
            Shape.Cross =>
                "<colour> [cross|plus sign|Greek cross|equal-armed cross|couped cross|cross with arms of equal length]",
            Shape.Heart => "<colour> heart",
            Shape.Leaf => "<colour> [leaf|maple leaf]",
            Shape.Tree => "<colour> [tree|fir tree|cedar|conifer]",
            Shape.Bird => "<colour> [bird|eagle|bird with spread wings]",
            Shape.Fish => "<colour> fish",
            Shape.Shield => "<colour> [shield|coat of arms|shield emblem]",
            Shape.Wheel =>
                $"<colour> [wheel|spoked wheel|wheel with {Number(charge.Number)} spokes|{charge.Number}-spoked wheel]",
            Shape.Crown => "<colour> crown",
            Shape.Anchor => "<colour> anchor",
            Shape.Chevron => "<colour> [chevron|arrowhead]",
            Shape.ArrowUp => "<colour> [arrow pointing [up|upwards|straight up|straight ahead]|[upward|up] arrow|vertical arrow]",
            Shape.ArrowDown => "<colour> [arrow pointing [down|downwards]|[downward|down] arrow]",
            Shape.ArrowLeft => "<colour> [arrow pointing [left|to the left]|left arrow]",
            Shape.ArrowRight => "<colour> [arrow pointing [right|to the right]|right arrow]",
            Shape.OppositeArrows =>
                "<colour> [pair of arrows pointing in opposite directions|pair of opposite arrows, one up and one down|double "
                    + "arrow, up and down]",
            Shape.CircleOfArrows =>
                "<colour> [circle of [three arrows|arrows]|circular arrow symbol|ring of three [curved|curving] arrows|set of "
                    + "arrows forming a circle]",
            Shape.BentArrow => "<colour> [arrow bending to the right|arrow curving right|arrow turning right|bent arrow]",
            Shape.HorizontalBar => "<colour> [horizontal bar|bar|horizontal rectangle|horizontal line|rectangle|dash]",
            Shape.VerticalBar => "<colour> [vertical bar|upright bar|vertical line]",
            Shape.Slash => "<colour> [diagonal line|slash|diagonal bar|diagonal stripe|diagonal line from upper left to lower "
                + "right|oblique bar]",
            Shape.RisingSlash =>
                "<colour> [diagonal line|slash|diagonal bar|diagonal stripe|forward slash|diagonal line from lower left to "
                    + "upper right|rising diagonal bar]",
            Shape.DiagonalCross => "<colour> [X|diagonal cross|X-shaped cross|letter X|saltire|pair of crossed diagonal lines]",
            Shape.ExclamationMark => "<colour> [exclamation mark|exclamation point]",
            Shape.WalkingPerson => "<colour> [pedestrian|walking person|person walking|walking figure|figure of a [walking "
                + "person|pedestrian]|silhouette of a [person walking|pedestrian]|man walking]",
            Shape.WorkingPerson => "<colour> [worker|man digging|worker with a shovel|person digging|figure of a [worker|man] "
                + "[digging|shovelling]|man at work]",
            Shape.Car => "<colour> [car|automobile|motor car|car silhouette]",
            Shape.Bicycle => "<colour> [bicycle|bike|bicycle symbol|cycle]",
            Shape.Deer => "<colour> [deer|leaping deer|stag|wild animal|animal]",
            Shape.TrafficLight =>
                "<colour> [traffic light|traffic light with red, yellow and green lights|traffic signal|signal with three "
                    + "lights|traffic light symbol]",
            Shape.DeadEnd =>
                "<colour> [T with a red [top|bar]|T-shaped symbol with a red top|letter T with a red [bar on top|crossbar]|road "
                    + "ending in a red bar]",
            Shape.LetterP => "<colour> [letter P|capital P|P]",
            Shape.LetterH => "<colour> [letter H|capital H|H]",
            Shape.StopWord =>
                "[word STOP in <colour> [letters|capital letters]|<colour> word STOP|word STOP written in <colour>|<colour> "
                    + "[letters|lettering] STOP]",
            Shape.Number => $"[<colour> [number|numeral] {charge.Number}|number {charge.Number} in "
                + $"<colour>|<colour> {charge.Number}|number {charge.Number}|number {charge.Number} in <colour> digits]",
            _ => throw new ArgumentOutOfRangeException(nameof(charge), charge.Shape, "No word is known for this shape."),
        };

    /// <summary>Several of them, without the number.</summary>
    public static string Several(Charge charge) =>
        charge.Shape switch
        {
            Shape.Disc => "<colour> [discs|disks|circles|dots|balls]",
            Shape.Star => "[<colour>|<colour>|five-pointed <colour>|<colour> five-pointed] stars",
            Shape.FourPointedStar => "[four-pointed <colour>|<colour> four-pointed] stars",
            Shape.SixPointedStar => "[six-pointed <colour>|<colour> six-pointed] stars",
            Shape.ManyPointedStar =>
                $"[[{Number(charge.Number)}-pointed|many-pointed] <colour>|<colour> {Number(charge.Number)}-pointed] stars",
            Shape.Crescent => "<colour> [crescents|crescent moons]",
            Shape.Diamond => "<colour> [diamonds|rhombuses|lozenges]",
            Shape.Square => "<colour> squares",
            Shape.Triangle => "<colour> triangles",
            Shape.Cross => "<colour> [crosses|plus signs]",
            Shape.Heart => "<colour> hearts",
            Shape.Leaf => "<colour> leaves",
            Shape.Tree => "<colour> trees",
            Shape.Bird => "<colour> birds",
            _ => throw new ArgumentOutOfRangeException(
                nameof(charge),
                charge.Shape,
                "This shape never stands with others of its kind."
            ),
        };
}
