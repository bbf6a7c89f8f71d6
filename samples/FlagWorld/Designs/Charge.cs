namespace FlagWorld.Designs;

/// <summary>What a charge looks like.</summary>
internal enum Shape
{
    Disc,
    Ring,
    Star,
    FourPointedStar,
    SixPointedStar,
    ManyPointedStar,
    HexagramOutline,
    PentagramOutline,
    Crescent,
    CrescentAndStar,
    Sun,
    Diamond,
    Square,
    Triangle,
    Cross,
    Heart,
    Leaf,
    Tree,
    Bird,
    Fish,
    Shield,
    Wheel,
    Crown,
    Anchor,
    Chevron,
    ArrowUp,
    ArrowDown,
    ArrowLeft,
    ArrowRight,
    OppositeArrows,
    CircleOfArrows,
    BentArrow,
    HorizontalBar,
    VerticalBar,
    Slash,
    RisingSlash,
    DiagonalCross,
    ExclamationMark,
    WalkingPerson,
    WorkingPerson,
    Car,
    Bicycle,
    Deer,
    TrafficLight,
    DeadEnd,
    LetterP,
    LetterH,
    StopWord,
    Number,
}

/// <summary>How several charges of one kind stand together.</summary>
internal enum Arrangement
{
    Row,
    Column,
    Circle,
    Arc,

    /// <summary>A curve that is open towards the hoist.</summary>
    SideArc,

    /// <summary>Four of a kite and perhaps a small one, as the Southern Cross.</summary>
    SouthernCross,

    /// <summary>Rows above each other.</summary>
    Grid,

    /// <summary>One in each quarter.</summary>
    Quarters,
}

/// <summary>Where the middle of a charge lies.</summary>
internal enum Place
{
    Centre,

    /// <summary>A little from the middle towards the hoist.</summary>
    NearHoist,
    Hoist,
    Fly,
    Top,
    Bottom,
    UpperHoist,
    UpperFly,
    LowerHoist,
    LowerFly,
    Canton,
    Triangle,
    Bar,
}

/// <summary>How large a charge is for the place it has.</summary>
internal enum Extent
{
    Small,
    Medium,
    Large,
}

/// <summary>A figure laid under a charge: a white disc that bears a star.</summary>
internal sealed record Backing(Shape Shape, Tint Tint);

/// <summary>A figure or several equal ones.</summary>
/// <param name="Shape">What it looks like.</param>
/// <param name="Tint">Its color.</param>
/// <param name="Place">Where its middle lies.</param>
/// <param name="Extent">How large it is.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Arrangement">How they stand together.</param>
/// <param name="Backing">What is laid under it.</param>
/// <param name="StarTint">Of a crescent and star, the color of the star where it has another.</param>
/// <param name="Number">The number that is written.</param>
/// <param name="At">The middle as shares of width and height, where the place is not exact enough.</param>
/// <param name="Radius">As a share of the height, where the extent is not exact enough.</param>
internal sealed record Charge(
    Shape Shape,
    Tint Tint,
    Place Place = Place.Centre,
    Extent Extent = Extent.Medium,
    int Count = 1,
    Arrangement Arrangement = Arrangement.Row,
    Backing? Backing = null,
    Tint? StarTint = null,
    int Number = 0,
    IReadOnlyList<double>? At = null,
    double? Radius = null
) : Element(Tint)
{
    /// <summary>A charge a little off the middle counts as one in the middle, and a row of one as one.</summary>
    public override string Key
    {
        get
        {
            string many = Count == 1 ? "" : $"{Count} {Arrangement} ";
            string under = Backing is null ? "" : $" on {Backing.Shape} {Backing.Tint.Hue}";
            string star = StarTint is { } tint && tint.Hue != Tint.Hue ? $" and {tint.Hue}" : "";
            string number = Shape == Shape.Number ? $" {Number}" : "";
            Place place = Place == Place.NearHoist ? Place.Centre : Place;
            return $"{many}{Shape}{number} {Tint.Hue}{star}{under} at {place}".ToLowerInvariant();
        }
    }
}
