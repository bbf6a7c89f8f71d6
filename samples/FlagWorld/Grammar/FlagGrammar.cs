using FlagWorld.Designs;

namespace FlagWorld.Grammar;

/// <summary>Draws flags by chance from the forms of vexillology; one grammar draws one flag.</summary>
internal sealed class FlagGrammar(CounterRandom random)
{
    private readonly TintChoice _tints = new(random);
    private readonly List<Element> _elements = [];

    public Design Draw()
    {
        double aspect = random.Weighted((1.5, 0.58), (2.0, 0.16), (5.0 / 3, 0.12), (4.0 / 3, 0.1), (1.0, 0.04));
        Field field = random.Weighted<Func<Field>>(
            (() => new Plain(_tints.Beside()), 0.3),
            (() => DrawBands(vertical: false), 0.33),
            (() => DrawBands(vertical: true), 0.16),
            (DrawAlternating, 0.05),
            (() => DrawDiagonal(), 0.06),
            (DrawQuarters, 0.06),
            (DrawSaltireQuarters, 0.04)
        )();
        switch (field)
        {
            case Plain plain:
                AddToPlain(plain);
                break;
            case Bands { Alternate: true } stripes:
                AddToAlternating(stripes);
                break;
            case Bands bands:
                AddToBands(bands);
                break;
            case DiagonalHalves halves:
                AddToDiagonal(halves);
                break;
            case Quarters quarters:
                AddToQuarters(quarters);
                break;
            case SaltireQuarters quarters:
                AddToSaltireQuarters(quarters);
                break;
            default:
                throw new InvalidOperationException($"Nothing is known of {field}.");
        }

        return new Design(field, _elements, Outline.Flag, aspect);
    }

    private Bands DrawBands(bool vertical)
    {
        int count = random.Weighted((2, 0.26), (3, 0.54), (4, 0.08), (5, 0.12));
        Tint[] stripes = new Tint[count];
        bool symmetric = count % 2 == 1 && random.Chance(count == 5 ? 0.75 : 0.35);
        for (int stripe = 0; stripe < count; stripe++)
        {
            bool mirrored = symmetric && stripe > count / 2;
            stripes[stripe] =
                mirrored ? stripes[count - 1 - stripe]
                : stripe == 0 ? _tints.Beside()
                : stripe == count - 1 && count > 3 && !symmetric ? _tints.Beside(stripes[stripe - 1], stripes[stripe - 2])
                : stripe == 2 && !symmetric ? _tints.Beside(stripes[0], stripes[1])
                : _tints.Beside(stripes[stripe - 1]);
        }

        return new Bands(vertical, stripes, random.Chance(0.7) ? null : DrawWeights(count, symmetric));
    }

    private double[] DrawWeights(int count, bool symmetric) =>
        count switch
        {
            2 => random.Pick<double[]>([2, 1], [1, 2]),
            3 when symmetric => random.Pick<double[]>([1, 2, 1], [1, 2, 1], [2, 1, 2], [1, 3, 1], [3, 1, 3], [1, 4, 1]),
            3 => random.Pick<double[]>([2, 1, 1], [1, 1, 2], [1, 2, 1], [2, 1, 2], [1, 4, 1]),
            4 => random.Pick<double[]>([2, 1, 1, 1], [1, 2, 2, 1], [1, 1, 1, 2]),
            _ => random.Pick<double[]>(
                [1, 1, 2, 1, 1],
                [6, 1, 6, 1, 6],
                [1, 2, 4, 2, 1],
                [6, 1, 3, 1, 6],
                [2, 1, 2, 1, 2],
                [1, 1, 5, 1, 1],
                [3, 1, 8, 1, 3]
            ),
        };

    private Bands DrawAlternating()
    {
        Tint first = _tints.Beside(),
            second = _tints.Beside(first);
        int count = random.Weighted((5, 0.3), (6, 0.1), (7, 0.2), (9, 0.2), (11, 0.1), (13, 0.1));
        return new Bands(random.Chance(0.15), [.. Enumerable.Range(0, count).Select(stripe => stripe % 2 == 0 ? first : second)]);
    }

    private DiagonalHalves DrawDiagonal()
    {
        Tint upper = _tints.Beside();
        return new DiagonalHalves(random.Chance(0.65), upper, _tints.Beside(upper));
    }

    private Quarters DrawQuarters()
    {
        Tint first = _tints.Beside(),
            second = _tints.Beside(first);
        if (random.Chance(0.5))
        {
            return new Quarters(first, second, second, first);
        }

        Tint third = _tints.Beside(first, second);
        return new Quarters(first, second, third, random.Chance(0.5) ? first : _tints.Beside(first, second, third));
    }

    private SaltireQuarters DrawSaltireQuarters()
    {
        Tint vertical = _tints.Beside();
        return new SaltireQuarters(vertical, _tints.Beside(vertical));
    }

    private void AddToPlain(Plain plain)
    {
        Tint field = plain.Tint;
        random.Weighted<Action>(
            (() => { }, 0.03),
            (() => AddCharge([field]), 0.44),
            (() => AddCross(random.Pick(CrossKind.Nordic, CrossKind.Nordic, CrossKind.Centred, CrossKind.Saltire), field), 0.18),
            (() => AddBend([field]), 0.07),
            (() => AddTriangle([field]), 0.09),
            (() => AddCanton([field]), 0.11),
            (
                () =>
                {
                    _elements.Add(new Border(_tints.Beside(field), random.Between(0.08, 0.2)));
                    AddCharge([field], Place.Centre, 0.6);
                },
                0.08
            )
        )();
        if (_elements is [HoistTriangle or Bend or Canton] or [Canton, Charge { Place: Place.Canton }] && random.Chance(0.25))
        {
            AddCharge([field], random.Pick(Place.Fly, Place.Fly, Place.LowerFly));
        }
    }

    private void AddToBands(Bands bands) =>
        random.Weighted<Action>(
            (() => { }, 0.36),
            (() => AddCharge(bands.InTheMiddle, Place.Centre), 0.25),
            (() => AddTriangle(bands.Vertical ? [bands.Stripes[0]] : bands.Stripes), bands.Vertical ? 0.02 : 0.15),
            (() => AddCanton(bands.Vertical ? bands.Stripes.Take(2) : bands.Stripes), 0.1),
            (() => AddBar(bands.Stripes), bands.Vertical ? 0 : 0.08),
            (
                () => AddCharge(bands.Stripes, random.Pick(Place.Hoist, Place.UpperHoist, Place.Fly)),
                bands.Stripes.Count == 2 ? 0.1 : 0.04
            ),
            (() => AddCharge([bands.Stripes[0]], Place.Top), bands is { Vertical: false, Stripes.Count: 2 or 3 } ? 0.03 : 0),
            (() => AddCharge([bands.Stripes[^1]], Place.Bottom), bands is { Vertical: false, Stripes.Count: 2 or 3 } ? 0.02 : 0),
            (() => _elements.Add(new Border(_tints.Beside(bands.Stripes), random.Between(0.07, 0.13))), 0.02),
            (
                () => AddCross(random.Pick(CrossKind.Nordic, CrossKind.Saltire), [.. bands.Stripes]),
                bands.Stripes.Count == 2 ? 0.05 : 0
            )
        )();

    private void AddToAlternating(Bands bands) =>
        random.Weighted<Action>(
            (() => { }, 0.15),
            (() => AddCanton(bands.Stripes), 0.55),
            (() => AddTriangle(bands.Stripes), bands.Vertical ? 0 : 0.25),
            (() => AddCharge(bands.Stripes, Place.Centre), 0.08)
        )();

    private void AddToDiagonal(DiagonalHalves halves) =>
        random.Weighted<Action>(
            (() => { }, 0.3),
            (() => AddBend(halves.Tints, halves.Rising), 0.36),
            (() => AddCharge(halves.Tints, Place.Centre), 0.16),
            (
                () =>
                    AddCharge(
                        halves.Rising ? [halves.Upper] : [halves.Lower],
                        halves.Rising ? Place.UpperHoist : Place.LowerHoist
                    ),
                0.18
            )
        )();

    private void AddToQuarters(Quarters quarters) =>
        random.Weighted<Action>(
            (() => { }, 0.38),
            (() => AddCross(CrossKind.Centred, [.. quarters.Tints]), 0.24),
            (() => AddCharge(quarters.Tints, Place.Centre), 0.12),
            (
                () =>
                {
                    AddCharge([quarters.UpperHoist], Place.UpperHoist);
                    AddCharge([quarters.LowerFly], Place.LowerFly, 0.7);
                },
                0.26
            )
        )();

    private void AddToSaltireQuarters(SaltireQuarters quarters) =>
        random.Weighted<Action>(
            (() => { }, 0.25),
            (() => AddCross(CrossKind.Saltire, [.. quarters.Tints]), 0.5),
            (() => AddCharge(quarters.Tints, Place.Centre), 0.25)
        )();

    private void AddCross(CrossKind form, params Tint[] beside)
    {
        Tint tint = _tints.Beside(beside);
        Tint? edge = random.Chance(0.35) ? _tints.Beside([tint, .. beside]) : null;
        _elements.Add(new Cross(form, tint, edge, random.Between(0.13, 0.22)));
        if (form == CrossKind.Centred && random.Chance(0.15))
        {
            _elements.Add(new ChargeGrammar(random, _tints).InTheQuarters(beside));
        }
    }

    private void AddBend(IEnumerable<Tint> beside, bool? rising = null)
    {
        Tint tint = _tints.Beside(beside);
        Tint? edge = random.Chance(0.4) ? _tints.Beside([tint, .. beside]) : null;
        _elements.Add(new Bend(rising ?? random.Chance(0.6), tint, edge, random.Between(0.16, 0.32)));
    }

    private void AddTriangle(IEnumerable<Tint> beside)
    {
        Tint tint = _tints.Beside(beside);
        _elements.Add(
            new HoistTriangle(tint, random.Chance(0.12) ? _tints.Beside([tint, .. beside]) : null, random.Between(0.6, 1))
        );
        AddCharge([tint], Place.Triangle, 0.35);
    }

    private void AddCanton(IEnumerable<Tint> beside)
    {
        Tint tint = _tints.Beside(beside);
        _elements.Add(new Canton(tint, random.Between(0.33, 0.5), random.Between(0.42, 0.58)));
        AddCharge([tint], Place.Canton, 0.72);
    }

    private void AddBar(IEnumerable<Tint> beside)
    {
        Tint tint = _tints.Beside(beside);
        _elements.Add(new HoistBar(tint, random.Between(0.24, 0.36)));
        AddCharge([tint], Place.Bar, 0.3);
    }

    private void AddCharge(IEnumerable<Tint> beside, Place? place = null, double probability = 1)
    {
        if (random.Chance(probability))
        {
            _elements.Add(new ChargeGrammar(random, _tints).Draw([.. beside], place));
        }
    }
}
