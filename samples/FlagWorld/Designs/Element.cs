using System.Text.Json.Serialization;

namespace FlagWorld.Designs;

/// <summary>What lies on a field.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Cross), "cross")]
[JsonDerivedType(typeof(HoistTriangle), "triangle")]
[JsonDerivedType(typeof(HoistBar), "bar")]
[JsonDerivedType(typeof(Bend), "bend")]
[JsonDerivedType(typeof(Border), "border")]
[JsonDerivedType(typeof(Canton), "canton")]
[JsonDerivedType(typeof(Charge), "charge")]
internal abstract record Element(Tint Tint)
{
    /// <summary>Layout and color families of the element; sizes, shades and thin edges are left out.</summary>
    [JsonIgnore]
    public abstract string Key { get; }
}

/// <summary>Where a cross that reaches the edges stands.</summary>
internal enum CrossKind
{
    /// <summary>Its upright nearer the hoist.</summary>
    Nordic,
    Centred,

    /// <summary>From corner to corner.</summary>
    Saltire,
}

/// <summary>A cross that reaches the edges.</summary>
/// <param name="Form">Where it stands.</param>
/// <param name="Tint">Its color.</param>
/// <param name="Edge">The color of a thin edge around it.</param>
/// <param name="Width">Of an arm, as a share of the flag's height.</param>
internal sealed record Cross(CrossKind Form, Tint Tint, Tint? Edge = null, double? Width = null) : Element(Tint)
{
    public override string Key => $"{Form} cross {Tint.Hue}".ToLowerInvariant();
}

/// <summary>A triangle on the hoist edge that points to the fly.</summary>
/// <param name="Tint">Its color.</param>
/// <param name="Edge">The color of a thin edge along its two free sides.</param>
/// <param name="Depth">How far it reaches, as a share of the flag's height.</param>
internal sealed record HoistTriangle(Tint Tint, Tint? Edge = null, double? Depth = null) : Element(Tint)
{
    public override string Key => $"triangle {Tint.Hue}".ToLowerInvariant();
}

/// <summary>An upright band along the hoist.</summary>
/// <param name="Tint">Its color.</param>
/// <param name="Width">As a share of the flag's width.</param>
internal sealed record HoistBar(Tint Tint, double? Width = null) : Element(Tint)
{
    public override string Key => $"bar {Tint.Hue}".ToLowerInvariant();
}

/// <summary>A diagonal band, rising from the lower hoist corner or falling from the upper one.</summary>
/// <param name="Rising">Whether it goes up towards the fly.</param>
/// <param name="Tint">Its color.</param>
/// <param name="Edge">The color of a thin edge along both sides.</param>
/// <param name="Width">Across, as a share of the flag's height.</param>
internal sealed record Bend(bool Rising, Tint Tint, Tint? Edge = null, double? Width = null) : Element(Tint)
{
    public override string Key => $"{(Rising ? "rising" : "falling")} bend {Tint.Hue}".ToLowerInvariant();
}

/// <summary>A rim of even width.</summary>
/// <param name="Tint">Its color.</param>
/// <param name="Width">As a share of the height.</param>
internal sealed record Border(Tint Tint, double? Width = null) : Element(Tint)
{
    public override string Key => $"border {Tint.Hue}".ToLowerInvariant();
}

/// <summary>A rectangle in the upper hoist corner.</summary>
/// <param name="Tint">Its color.</param>
/// <param name="Width">As a share of the flag's width.</param>
/// <param name="Height">As a share of the flag's height.</param>
internal sealed record Canton(Tint Tint, double? Width = null, double? Height = null) : Element(Tint)
{
    public override string Key => $"canton {Tint.Hue}".ToLowerInvariant();
}
