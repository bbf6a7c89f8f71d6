using FlagWorld.Designs;

namespace FlagWorld.Grammar;

/// <summary>Draws charges by chance: what, how many, where, how large.</summary>
internal sealed class ChargeGrammar(CounterRandom random, TintChoice tints)
{
    private static readonly (Shape Shape, double Weight)[] Shapes =
    [
        (Shape.Star, 26),
        (Shape.Disc, 14),
        (Shape.Crescent, 6),
        (Shape.CrescentAndStar, 8),
        (Shape.Sun, 6),
        (Shape.Cross, 7),
        (Shape.Ring, 4),
        (Shape.SixPointedStar, 4),
        (Shape.FourPointedStar, 3),
        (Shape.ManyPointedStar, 4),
        (Shape.HexagramOutline, 3),
        (Shape.PentagramOutline, 3),
        (Shape.Diamond, 5),
        (Shape.Square, 2),
        (Shape.Triangle, 2),
        (Shape.Heart, 2),
        (Shape.Leaf, 3),
        (Shape.Tree, 3),
        (Shape.Bird, 3),
        (Shape.Shield, 3),
        (Shape.Wheel, 3),
        (Shape.Crown, 1),
        (Shape.Anchor, 1),
        (Shape.Fish, 1),
    ];

    private static readonly (Place Place, double Weight)[] Places =
    [
        (Place.Centre, 62),
        (Place.NearHoist, 5),
        (Place.Hoist, 8),
        (Place.Fly, 5),
        (Place.UpperHoist, 11),
        (Place.UpperFly, 3),
        (Place.LowerFly, 3),
        (Place.LowerHoist, 3),
    ];

    /// <summary>A charge that can be told from what it lies on.</summary>
    public Charge Draw(Tint[] beside, Place? wanted)
    {
        Place place = wanted ?? random.Weighted<Place>(Places);
        Shape shape = random.Weighted<Shape>(Shapes);
        Backing? backing = null;
        if (place is Place.Centre or Place.NearHoist or Place.Hoist && random.Chance(0.14))
        {
            backing = new Backing(
                random.Weighted(
                    (Shape.Disc, 0.6),
                    (Shape.Square, 0.12),
                    (Shape.Diamond, 0.16),
                    (Shape.Shield, 0.06),
                    (Shape.Star, 0.06)
                ),
                tints.Beside(beside)
            );
            shape = shape == backing.Shape ? Shape.CrescentAndStar : shape;
        }

        Tint tint = tints.Beside(backing is null ? beside : [backing.Tint]);
        Extent extent = backing is not null
            ? Extent.Small
            : random.Weighted((Extent.Small, 0.25), (Extent.Medium, 0.45), (Extent.Large, 0.3));
        Charge charge = new(shape, tint, place, extent, Backing: backing)
        {
            StarTint =
                shape == Shape.CrescentAndStar && random.Chance(0.2)
                    ? tints.Beside(backing is null ? [tint, .. beside] : [tint, backing.Tint])
                    : null,
            Number = shape switch
            {
                Shape.ManyPointedStar => random.Pick(7, 8, 12, 14, 16),
                Shape.Sun => random.Pick(8, 12, 16, 20, 32),
                Shape.Wheel => random.Pick(8, 12, 24),
                _ => 0,
            },
        };
        return backing is null && Repeats(shape) ? Repeat(charge) : charge;
    }

    /// <summary>Four small ones beside the arms of a cross.</summary>
    public Charge InTheQuarters(Tint[] beside) =>
        new(
            random.Pick(Shape.Cross, Shape.Star, Shape.Disc, Shape.Star, Shape.Diamond),
            tints.Beside(beside),
            Place.Centre,
            Extent.Small,
            4,
            Arrangement.Quarters
        );

    private static bool Repeats(Shape shape) =>
        shape
            is Shape.Star
                or Shape.Disc
                or Shape.FourPointedStar
                or Shape.SixPointedStar
                or Shape.ManyPointedStar
                or Shape.Diamond
                or Shape.Cross
                or Shape.Crescent
                or Shape.Leaf
                or Shape.Triangle
                or Shape.Square
                or Shape.Heart
                or Shape.Tree
                or Shape.Bird;

    private Charge Repeat(Charge charge)
    {
        bool star = charge.Shape is Shape.Star or Shape.FourPointedStar or Shape.SixPointedStar or Shape.ManyPointedStar;
        bool room = charge.Place is Place.Centre or Place.Canton or Place.NearHoist or Place.Hoist or Place.Fly;
        if (!random.Chance(star ? 0.42 : 0.2))
        {
            return charge;
        }

        (int count, Arrangement arrangement) = random.Weighted<Func<(int, Arrangement)>>(
            (() => (random.Weighted((2, 0.35), (3, 0.4), (4, 0.15), (5, 0.1)), Arrangement.Row), 0.4),
            (
                () => (random.Weighted((2, 0.35), (3, 0.5), (4, 0.15)), Arrangement.Column),
                charge.Place is Place.Top or Place.Bottom ? 0 : 0.15
            ),
            (
                () => (random.Weighted((4, 0.15), (5, 0.2), (6, 0.15), (8, 0.15), (10, 0.15), (12, 0.2)), Arrangement.Circle),
                room ? 0.22 : 0
            ),
            (() => (random.Weighted((3, 0.2), (4, 0.3), (5, 0.3), (6, 0.1), (7, 0.1)), Arrangement.Arc), room ? 0.12 : 0),
            (() => (random.Pick(3, 4, 5), Arrangement.SideArc), room ? 0.05 : 0),
            (() => (random.Pick(4, 5), Arrangement.SouthernCross), room && star ? 0.14 : 0),
            (
                () => (random.Pick(9, 12, 15, 20, 30, 50), Arrangement.Grid),
                room && star
                    ? charge.Place == Place.Canton
                        ? 0.2
                        : 0.06
                    : 0
            )
        )();
        return charge with
        {
            Count = count,
            Arrangement = arrangement,
            Extent = count > 3 && charge.Extent == Extent.Small ? Extent.Medium : charge.Extent,
        };
    }
}
