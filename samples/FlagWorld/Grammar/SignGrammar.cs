using FlagWorld.Designs;

namespace FlagWorld.Grammar;

/// <summary>Draws signs by chance: an outline, a rim, one symbol, sometimes struck through.</summary>
internal sealed class SignGrammar(CounterRandom random)
{
    private static readonly (Shape Shape, double Weight)[] Symbols =
    [
        (Shape.ArrowUp, 7),
        (Shape.ArrowDown, 4),
        (Shape.ArrowLeft, 6),
        (Shape.ArrowRight, 6),
        (Shape.OppositeArrows, 6),
        (Shape.CircleOfArrows, 6),
        (Shape.BentArrow, 5),
        (Shape.HorizontalBar, 6),
        (Shape.VerticalBar, 3),
        (Shape.Slash, 4),
        (Shape.RisingSlash, 3),
        (Shape.DiagonalCross, 5),
        (Shape.Cross, 4),
        (Shape.ExclamationMark, 7),
        (Shape.WalkingPerson, 7),
        (Shape.WorkingPerson, 5),
        (Shape.Car, 5),
        (Shape.Bicycle, 5),
        (Shape.Deer, 5),
        (Shape.TrafficLight, 5),
        (Shape.DeadEnd, 4),
        (Shape.LetterP, 5),
        (Shape.LetterH, 5),
        (Shape.StopWord, 5),
        (Shape.Number, 14),
        (Shape.Chevron, 3),
        (Shape.Disc, 2),
        (Shape.Star, 2),
        (Shape.Triangle, 2),
        (Shape.Diamond, 2),
        (Shape.Square, 1),
        (Shape.Heart, 1),
        (Shape.Tree, 2),
        (Shape.Bird, 1),
        (Shape.Anchor, 1),
        (Shape.Wheel, 1),
        (Shape.Fish, 1),
    ];

    /// <summary>Colors of sign faces; others come by chance now and then.</summary>
    private static readonly Hue[] Faces = [Hue.White, Hue.White, Hue.Yellow, Hue.Blue, Hue.Blue, Hue.Red, Hue.Green, Hue.Orange];

    private readonly TintChoice _tints = new(random);

    public Design Draw()
    {
        Outline outline = random.Weighted(
            (Outline.Disc, 0.32),
            (Outline.Triangle, 0.2),
            (Outline.InvertedTriangle, 0.08),
            (Outline.Octagon, 0.09),
            (Outline.Diamond, 0.11),
            (Outline.Square, 0.2)
        );
        Tint face = random.Chance(0.85) ? _tints.OneOf(Faces) : _tints.Beside();
        List<Element> elements = [];
        if (random.Chance(0.65))
        {
            Tint rim = random.Chance(0.6)
                ? _tints.OneOf([Hue.Red, Hue.Red, Hue.White, Hue.Black, Hue.Blue], face)
                : _tints.Beside(face);
            elements.Add(new Border(rim, random.Between(0.06, 0.13)));
        }

        bool empty = elements.Count > 0 && random.Chance(0.08);
        if (!empty)
        {
            Shape shape = random.Weighted<Shape>(Symbols);
            Tint tint =
                shape == Shape.TrafficLight && face.Hue != Hue.Black ? _tints.OneOf([Hue.Black], face)
                : random.Chance(0.7) ? _tints.OneOf([Hue.Black, Hue.White, Hue.White, Hue.Red], face)
                : _tints.Beside(face);
            int number =
                shape == Shape.Number
                    ? random.Chance(0.6)
                        ? 10 * (1 + random.Below(13))
                        : 1 + random.Below(99)
                    : 0;
            elements.Add(new Charge(shape, tint, Extent: random.Pick(Extent.Medium, Extent.Large), Number: number));
            if (
                shape is not (Shape.Slash or Shape.RisingSlash or Shape.DiagonalCross or Shape.HorizontalBar or Shape.VerticalBar)
                && random.Chance(0.16)
            )
            {
                elements.Add(
                    new Charge(
                        random.Pick(Shape.Slash, Shape.Slash, Shape.RisingSlash, Shape.DiagonalCross),
                        _tints.OneOf([Hue.Red, Hue.Red, Hue.Black], face, tint),
                        Extent: Extent.Large,
                        Radius: 0.46
                    )
                );
            }
        }

        return new Design(new Plain(face), elements, outline, 1);
    }
}
