using System.Text.Json.Serialization;

namespace FlagWorld.Designs;

/// <summary>The outline of a flag or of a sign.</summary>
internal enum Outline
{
    Flag,
    Disc,
    Triangle,
    InvertedTriangle,
    Octagon,
    Diamond,
    Square,
}

/// <summary>A flag or sign as a list of what one would say of it, free of words and of pixels.</summary>
/// <param name="Field">What covers it.</param>
/// <param name="Elements">What lies on the field, from below to above.</param>
/// <param name="Outline">A flag's rectangle or a sign's shape.</param>
/// <param name="Aspect">Width divided by height; only a flag's is not one.</param>
internal sealed record Design(Field Field, IReadOnlyList<Element> Elements, Outline Outline = Outline.Flag, double Aspect = 1.5)
{
    /// <summary>
    /// The combination of layout and color families: equal for two designs that differ in shades, proportions, sizes, thin
    /// edges, or the order of painting alone. It is made coarse so that leaving out a combination leaves out all that look like
    /// it.
    /// </summary>
    [JsonIgnore]
    public string Key =>
        string.Join(
            "; ",
            (IEnumerable<string>)
                [
                    $"{Outline}".ToLowerInvariant(),
                    $"{Field.Layout} {string.Join(' ', Field.Tints.Select(static tint => tint.Hue))}".ToLowerInvariant(),
                    .. Elements.Select(static element => element.Key).Order(StringComparer.Ordinal),
                ]
        );

    /// <summary>All colors of the design, each once, the field's first.</summary>
    [JsonIgnore]
    public IReadOnlyList<Tint> Tints => [.. Field.Tints.Concat(Elements.SelectMany(TintsOf)).Distinct()];

    private static IEnumerable<Tint> TintsOf(Element element)
    {
        Tint?[] further = element switch
        {
            Cross cross => [cross.Edge],
            HoistTriangle triangle => [triangle.Edge],
            Bend bend => [bend.Edge],
            Charge charge => [charge.Backing?.Tint, charge.StarTint],
            _ => [],
        };
        return [element.Tint, .. further.OfType<Tint>()];
    }
}
