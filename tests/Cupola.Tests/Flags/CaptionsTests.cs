using System.Globalization;
using System.Text.RegularExpressions;
using FlagWorld;
using FlagWorld.Designs;
using FlagWorld.Phrasing;
using FlagWorld.Real;

namespace Cupola.Tests.Flags;

public sealed class CaptionsTests
{
    [Fact]
    public void NoCaptionNamesACountry()
    {
        string[] signs = [.. RealDesigns.All.Where(real => real.Design.Outline != Outline.Flag).Select(real => real.Name)];
        // Georgia and Jordan are people's names too, but never words of a caption.
        HashSet<string> countries = new(
            [
                .. RealDesigns.All.Select(real => real.Name).Except(signs),
                .. CultureInfo
                    .GetCultures(CultureTypes.SpecificCultures)
                    .Select(culture => new RegionInfo(culture.Name).EnglishName),
            ],
            StringComparer.OrdinalIgnoreCase
        );

        string[] wrong =
        [
            .. Written(4000)
                .SelectMany(pair => pair.Captions)
                .Where(caption =>
                    Words(caption).Any(countries.Contains)
                    || countries.Any(country =>
                        country.Contains(' ') && caption.Contains(country, StringComparison.OrdinalIgnoreCase)
                    )
                ),
        ];

        Assert.Empty(wrong);
    }

    [Fact]
    public void CaptionsOfOneDesignDifferAndNameItsColorsInWholeDescriptions()
    {
        (Design Design, IReadOnlyList<string> Captions)[] written = Written(3000);

        Assert.True(written.Average(pair => pair.Captions.Count) > 5.5);
        Design plain = new(new Plain(new(Hue.Purple)), [new Charge(Shape.Anchor, new(Hue.Black))]);
        string[] captions =
        [
            .. Enumerable.Range(0, 200).SelectMany(number => Captions.Write(plain, 4, new CounterRandom(1, (ulong)number))),
        ];
        Assert.All(captions, caption =>
        {
            Assert.Contains("anchor", caption, StringComparison.Ordinal);
            Assert.Matches("purple|violet", caption);
            Assert.Contains("black", caption, StringComparison.OrdinalIgnoreCase);
        });
        Assert.True(captions.Distinct().Count() > 150);
    }

    [Fact]
    public void NoCaptionDeniesWhatIsThere()
    {
        Regex denial = new(
            "no (emblem|symbol)|without any|nothing|empty|blank|is (entirely|all|solid|plain) \\w+\\.$|is a simple flag"
        );
        (Design Design, IReadOnlyList<string> Captions)[] written = Written(6000);

        Assert.Contains(written, pair => pair.Design.Elements.Count == 0 && pair.Captions.Any(denial.IsMatch));
        Assert.DoesNotContain(
            written.Where(pair => pair.Design.Elements.Any(element => element is not Border)).SelectMany(pair => pair.Captions),
            denial.IsMatch
        );
    }

    [Fact]
    public void CaptionsAreWellFormed()
    {
        string[] captions = [.. Written(5000).SelectMany(pair => pair.Captions)];

        Assert.DoesNotContain(captions, caption =>
            caption.AsSpan().ContainsAny("[]|<>")
            || caption.Contains("  ", StringComparison.Ordinal)
            || caption.Contains(" ,", StringComparison.Ordinal)
            || caption.Contains(" .", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(captions, caption =>
            caption.Length == 0
            || caption.Contains(" a a ", StringComparison.Ordinal)
            || caption.Contains(" a orange", StringComparison.Ordinal)
            || caption.Contains(" a eight", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ASpeakerSaysEveryAlternativeAndFillsSlots()
    {
        Speaker speaker = new(new CounterRandom(1, 1));
        HashSet<string> said = [.. Enumerable.Range(0, 200).Select(_ => speaker.Say("[a|b [c|d]|]<e>", ("e", "!")))];

        Assert.Equal(["!", "a!", "b c!", "b d!"], said.Order(StringComparer.Ordinal));
        Assert.Equal(
            "An orange flag, with an eight-pointed star. It is a one.",
            Speaker.Finish("a orange flag ,  with a eight-pointed star. it is a one", sentence: true)
        );
        Assert.Equal("an X-shaped cross", Speaker.Finish(" a X-shaped cross", sentence: false));
    }

    private static string[] Words(string caption) =>
        caption.Split([' ', ',', '.', '\'', ';', ':'], StringSplitOptions.RemoveEmptyEntries);

    private static (Design Design, IReadOnlyList<string> Captions)[] Written(int count) =>
        [
            .. DesignStreamTests
                .Sample(count)
                .Index()
                .AsParallel()
                .Select(each => (each.Item, Captions.Write(each.Item, 6, new CounterRandom(9, (ulong)each.Index)))),
        ];
}
