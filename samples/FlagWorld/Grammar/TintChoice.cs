using FlagWorld.Designs;

namespace FlagWorld.Grammar;

/// <summary>
/// Chooses the colors of one design: each family in one shade, and no two on each other that the eye mixes up.
/// </summary>
internal sealed class TintChoice(CounterRandom random)
{
    /// <summary>About as often as the world's flags have them; rare ones are drawn more often, so that each is learned.</summary>
    private static readonly (Hue Hue, double Weight)[] Hues =
    [
        (Hue.Red, 22),
        (Hue.White, 20),
        (Hue.Blue, 20),
        (Hue.Green, 15),
        (Hue.Yellow, 14),
        (Hue.Black, 9),
        (Hue.Orange, 6),
        (Hue.Purple, 3),
        (Hue.Brown, 2),
        (Hue.Grey, 2),
        (Hue.Pink, 2),
    ];

    private const int MostAttempts = 60;

    private readonly Dictionary<Hue, Tint> _chosen = [];

    /// <summary>A color that can be told from each of these when it lies on or beside them.</summary>
    public Tint Beside(params IEnumerable<Tint> neighbours)
    {
        Tint[] avoided = [.. neighbours];
        for (int attempt = 0; ; attempt++)
        {
            Hue hue = random.Weighted<Hue>(Hues);
            Tint tint = _chosen.GetValueOrDefault(hue, new Tint(hue, DrawShade(hue)));
            // Beside four or five colors there may be none that is far from all; another family there always is.
            if (!avoided.Any(other => attempt < MostAttempts ? Confusable(tint, other) : tint.Hue == other.Hue))
            {
                return _chosen[hue] = tint;
            }
        }
    }

    /// <summary>One of these families, or where each can be mixed up with a neighbour, any.</summary>
    public Tint OneOf(IEnumerable<Hue> hues, params IEnumerable<Tint> neighbours)
    {
        Tint[] avoided = [.. neighbours];
        Tint[] possible =
        [
            .. hues.Select(hue => _chosen.GetValueOrDefault(hue, new Tint(hue)))
                .Where(tint => !avoided.Any(other => Confusable(tint, other))),
        ];
        if (possible.Length == 0)
        {
            return Beside(avoided);
        }

        Tint tint = random.Pick<Tint>(possible);
        return _chosen[tint.Hue] = tint;
    }

    private Shade DrawShade(Hue hue) =>
        hue switch
        {
            Hue.Black or Hue.White => Shade.Plain,
            Hue.Blue => random.Weighted((Shade.Plain, 0.5), (Shade.Light, 0.25), (Shade.Dark, 0.25)),
            Hue.Red => random.Weighted((Shade.Plain, 0.8), (Shade.Light, 0.02), (Shade.Dark, 0.18)),
            Hue.Green => random.Weighted((Shade.Plain, 0.66), (Shade.Light, 0.16), (Shade.Dark, 0.18)),
            _ => random.Weighted((Shade.Plain, 0.84), (Shade.Light, 0.08), (Shade.Dark, 0.08)),
        };

    private static bool Confusable(Tint one, Tint other) =>
        one.Hue == other.Hue
        || (Deep(one) && Deep(other))
        || (Pale(one) && Pale(other))
        || Near(one.Hue, other.Hue)
        || Near(other.Hue, one.Hue);

    private static bool Deep(Tint tint) =>
        tint.Hue is Hue.Black or Hue.Brown
        || (tint.Shade == Shade.Dark && tint.Hue is not (Hue.Orange or Hue.Yellow or Hue.Pink));

    private static bool Pale(Tint tint) =>
        tint.Hue == Hue.White || (tint.Shade == Shade.Light && tint.Hue is (Hue.Yellow or Hue.Pink or Hue.Grey));

    private static bool Near(Hue one, Hue other) =>
        (one, other)
            is
                (Hue.Orange, Hue.Yellow)
                or
                (Hue.Orange, Hue.Brown)
                or
                (Hue.Purple, Hue.Pink)
                or
                (Hue.Purple, Hue.Blue)
                or
                (Hue.Pink, Hue.Red);
}
