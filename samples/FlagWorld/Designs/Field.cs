using System.Text.Json.Serialization;

namespace FlagWorld.Designs;

/// <summary>What covers the whole of a flag or sign, below everything else.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Plain), "plain")]
[JsonDerivedType(typeof(Bands), "bands")]
[JsonDerivedType(typeof(DiagonalHalves), "diagonal")]
[JsonDerivedType(typeof(Quarters), "quarters")]
[JsonDerivedType(typeof(SaltireQuarters), "saltire quarters")]
internal abstract record Field
{
    /// <summary>The colors in reading order.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<Tint> Tints { get; }

    /// <summary>The layout, in a word; with the colors it tells fields apart.</summary>
    [JsonIgnore]
    public abstract string Layout { get; }

    /// <summary>The colors that meet in the middle.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<Tint> InTheMiddle => Tints;
}

/// <summary>One color.</summary>
internal sealed record Plain(Tint Tint) : Field
{
    public override IReadOnlyList<Tint> Tints => [Tint];

    public override string Layout => "plain";
}

/// <summary>Stripes, from top to bottom or from hoist to fly.</summary>
/// <param name="Vertical">Whether the stripes stand upright.</param>
/// <param name="Stripes">Their colors.</param>
/// <param name="Weights">Their relative widths; null where all are equal.</param>
internal sealed record Bands(bool Vertical, IReadOnlyList<Tint> Stripes, IReadOnlyList<double>? Weights = null) : Field
{
    public override IReadOnlyList<Tint> Tints => Stripes;

    public override string Layout => Vertical ? "vertical" : "horizontal";

    public override IReadOnlyList<Tint> InTheMiddle =>
        Stripes.Count % 2 == 1 ? [Stripes[Stripes.Count / 2]] : [Stripes[(Stripes.Count / 2) - 1], Stripes[Stripes.Count / 2]];

    /// <summary>Whether two colors alternate in many stripes.</summary>
    [JsonIgnore]
    public bool Alternate =>
        Weights is null
        && Stripes.Count >= 5
        && Stripes.Distinct().Count() == 2
        && Stripes.Zip(Stripes.Skip(2)).All(static pair => pair.First == pair.Second);

    /// <summary>Where each stripe begins, and the end, as shares of the whole.</summary>
    public double[] Edges()
    {
        double[] edges = new double[Stripes.Count + 1];
        double total = Weights?.Sum() ?? Stripes.Count;
        for (int stripe = 0; stripe < Stripes.Count; stripe++)
        {
            edges[stripe + 1] = edges[stripe] + ((Weights?[stripe] ?? 1) / total);
        }

        return edges;
    }
}

/// <summary>Two triangles; the dividing line rises from the lower hoist corner, or falls from the upper one.</summary>
internal sealed record DiagonalHalves(bool Rising, Tint Upper, Tint Lower) : Field
{
    public override IReadOnlyList<Tint> Tints => [Upper, Lower];

    public override string Layout => Rising ? "rising halves" : "falling halves";
}

/// <summary>Four rectangles: upper hoist, upper fly, lower hoist, lower fly.</summary>
internal sealed record Quarters(Tint UpperHoist, Tint UpperFly, Tint LowerHoist, Tint LowerFly) : Field
{
    public override IReadOnlyList<Tint> Tints => [UpperHoist, UpperFly, LowerHoist, LowerFly];

    public override string Layout => "quarters";
}

/// <summary>Four triangles that meet in the middle: above and below in one color, left and right in another.</summary>
internal sealed record SaltireQuarters(Tint Vertical, Tint Sideways) : Field
{
    public override IReadOnlyList<Tint> Tints => [Vertical, Sideways];

    public override string Layout => "saltire quarters";
}
