using FlagWorld;
using FlagWorld.Designs;
using FlagWorld.Grammar;
using FlagWorld.Phrasing;
using FlagWorld.Real;

namespace Cupola.Tests.Flags;

/// <summary>What the flag world draws for training, and what it never draws.</summary>
public sealed class DesignStreamTests
{
    private const int Designs = 200_000;

    [Fact]
    public void NoRealFlagOrSignIsEverDrawnThoughTheGrammarCouldDrawMany()
    {
        ParallelQuery<int> numbers = ParallelEnumerable.Range(0, Designs);

        Assert.DoesNotContain(
            numbers.Select(number => DesignStream.Draw(new CounterRandom(1, (ulong)number).Fork(0), (Share)(number % 2)).Key),
            RealDesigns.Keys.Contains
        );

        HashSet<string> unchecked_ =
        [
            .. numbers
                .Select(number => new FlagGrammar(new CounterRandom(1, (ulong)number)).Draw().Key)
                .Where(RealDesigns.Keys.Contains),
        ];
        Assert.True(
            unchecked_.Count >= 30,
            $"Only {unchecked_.Count} real flags came from the grammar alone, so the test proves little."
        );
    }

    [Fact]
    public void EveryRealFlagAndSignIsMadeOfWhatTheGrammarDraws()
    {
        HashSet<string> drawn = [.. Sample(20_000).SelectMany(Words)];

        Assert.Superset(RealDesigns.All.SelectMany(real => Words(real.Design)).ToHashSet(), drawn);

        static IEnumerable<string> Words(Design design) =>
            [
                $"{design.Outline}",
                design.Field.GetType().Name,
                .. design.Tints.Select(tint => $"{tint}"),
                .. design.Elements.Select(element => element.GetType().Name),
                .. design
                    .Elements.OfType<Charge>()
                    .SelectMany(charge =>
                        (IEnumerable<string>)
                            [$"{charge.Shape}", $"{charge.Place}", .. charge.Count > 1 ? [$"{charge.Arrangement}"] : (string[])[]]
                    ),
            ];
    }

    [Fact]
    public void OneCombinationInTenIsHeldOutAndTrainingNeverDrawsIt()
    {
        HashSet<string> training = [.. Sample(20_000).Select(design => design.Key)],
            heldOut = [.. Sample(20_000, Share.HeldOut).Select(design => design.Key)];
        double share = ParallelEnumerable
            .Range(0, 20_000)
            .Select(number => new FlagGrammar(new CounterRandom(5, (ulong)number)).Draw().Key)
            .Distinct()
            .Average(key => DesignStream.ShareOf(key) == Share.HeldOut ? 1.0 : 0);

        Assert.True(heldOut.Count > 1000);
        Assert.False(training.Overlaps(heldOut));
        Assert.InRange(share, 0.08, 0.12);
    }

    [Fact]
    public void ADesignDependsOnSeedAndNumberAlone()
    {
        string[] forwards = [.. Sample(100).Select(design => design.Key)],
            backwards = [.. Enumerable.Range(0, 100).Reverse().Select(number => Draw(number, Share.Training).Key)];

        Assert.Equal(forwards, backwards.Reverse());
        Assert.True(forwards.Distinct().Count() > 80);
    }

    [Fact]
    public void ShadesProportionsAndSizesMakeNoOtherCombinationButColorsAndLayoutDo()
    {
        Design design = new(new Bands(false, [new(Hue.Red), new(Hue.White)]), [new Charge(Shape.Star, new(Hue.Blue))]);

        Assert.Equal(
            design.Key,
            (
                design with
                {
                    Aspect = 2,
                    Field = new Bands(false, [new(Hue.Red, Shade.Dark), new(Hue.White)], [2, 1]),
                    Elements = [new Charge(Shape.Star, new(Hue.Blue), Place.NearHoist, Extent.Large)],
                }
            ).Key
        );
        string[] others =
        [
            (design with { Field = new Bands(true, [new(Hue.Red), new(Hue.White)]) }).Key,
            (design with { Field = new Bands(false, [new(Hue.White), new(Hue.Red)]) }).Key,
            (design with { Elements = [new Charge(Shape.Star, new(Hue.Black))] }).Key,
            (design with { Elements = [new Charge(Shape.Star, new(Hue.Blue), Place.Fly)] }).Key,
            (design with { Elements = [new Charge(Shape.Star, new(Hue.Blue), Count: 2)] }).Key,
            (design with { Elements = [] }).Key,
        ];
        Assert.Equal(others.Length + 1, others.Append(design.Key).Distinct().Count());
    }

    [Fact]
    public void CombinationsAndTheirCanonicalDescriptionsAreOneToOne()
    {
        Dictionary<string, string> descriptions = [],
            keys = [];
        foreach (Design design in Sample(30_000).Concat(RealDesigns.All.Select(real => real.Design)))
        {
            string description = CanonicalDescription.Of(design);
            Assert.Equal(description, descriptions.GetValueOrDefault(design.Key, description));
            Assert.Equal(design.Key, keys.GetValueOrDefault(description, design.Key));
            (descriptions[design.Key], keys[description]) = (description, design.Key);
        }
    }

    internal static IEnumerable<Design> Sample(int count, Share share = Share.Training) =>
        Enumerable.Range(0, count).Select(number => Draw(number, share));

    private static Design Draw(int number, Share share) => DesignStream.Draw(new CounterRandom(3, (ulong)number).Fork(0), share);
}
