using FlagWorld.Designs;
using FlagWorld.Drawing;
using FlagWorld.Real;
using SkiaSharp;

namespace Cupola.Tests.Flags;

public sealed class RealDesignsTests
{
    private static string Sample => Path.Combine(SharedFolder.Root, "samples", "FlagWorld");

    [Fact]
    public void ThereAreAtLeastSixtyCountriesAndFifteenSignsAllDifferent()
    {
        Assert.True(RealDesigns.All.Count(real => real.Design.Outline == Outline.Flag) >= 60);
        Assert.True(RealDesigns.All.Count(real => real.Design.Outline != Outline.Flag) >= 15);
        Assert.Distinct(RealDesigns.All.Select(real => real.Name));
        Assert.Distinct(RealDesigns.All.Select(real => Convert.ToBase64String(Draw(real).Bytes)));
        Assert.All(RealDesigns.All, real => Assert.NotEmpty(real.Source));
    }

    /// <summary>
    /// What everyone knows of these flags: place as shares of the flag's width and height, and the color there.
    /// </summary>
    [Theory]
    [InlineData("Japan", 0.5, 0.5, "#BC002D")]
    [InlineData("Japan", 0.1, 0.5, "#FFFFFF")]
    [InlineData("Germany", 0.5, 0.1, "#000000")]
    [InlineData("Germany", 0.5, 0.5, "#DD0000")]
    [InlineData("Germany", 0.5, 0.9, "#FFCC00")]
    [InlineData("France", 0.1, 0.5, "#0055A4")]
    [InlineData("France", 0.9, 0.5, "#EF4135")]
    [InlineData("Poland", 0.5, 0.2, "#FFFFFF")]
    [InlineData("Indonesia", 0.5, 0.2, "#CE1126")]
    [InlineData("Switzerland", 0.5, 0.25, "#FFFFFF")]
    [InlineData("Switzerland", 0.5, 0.1, "#DA291C")]
    [InlineData("Sweden", 0.38, 0.9, "#FECC02")]
    [InlineData("Norway", 0.38, 0.9, "#00205B")]
    [InlineData("Jamaica", 0.5, 0.1, "#009B3A")]
    [InlineData("Jamaica", 0.1, 0.5, "#000000")]
    [InlineData("Czechia", 0.2, 0.5, "#11457E")]
    [InlineData("Panama", 0.75, 0.2, "#D21034")]
    [InlineData("Tanzania", 0.1, 0.3, "#1EB53A")]
    [InlineData("Trinidad and Tobago", 0.5, 0.5, "#000000")]
    [InlineData("Maldives", 0.05, 0.5, "#D21034")]
    [InlineData("Greece", 0.185, 0.28, "#FFFFFF")]
    [InlineData("no entry", 0.5, 0.5, "#FFFFFF")]
    [InlineData("give way", 0.5, 0.4, "#FFFFFF")]
    [InlineData("give way", 0.5, 0.09, "#C1121C")]
    public void ARealFlagHasTheseColorsInTheirPlaces(string name, double across, double down, string color)
    {
        using SKBitmap image = Draw(RealDesigns.Named(name));

        SKColor seen = image.GetPixel((int)(across * image.Width), (int)(down * image.Height)),
            expected = SKColor.Parse(color);
        Assert.True(
            Math.Abs(seen.Red - expected.Red) + Math.Abs(seen.Green - expected.Green) + Math.Abs(seen.Blue - expected.Blue) <= 6,
            $"{name} is {seen} there."
        );
    }

    [Fact]
    public void EveryRealFlagAndSignIsDescribedInSeveralSentencesOfItsOwn()
    {
        PromptSet prompts = PromptSet.Read(Path.Combine(Sample, "real-prompts.json"));

        Assert.Equal(RealDesigns.All.Select(real => real.Name), prompts.ClassNames);
        Assert.Equal(prompts.ClassNames, File.ReadAllLines(Path.Combine(Sample, "real-names.txt")));
        Assert.All(prompts.ClassNames, name => Assert.InRange(prompts[name].Length, 6, 10));
        Assert.Empty(prompts.FindRepeated());
    }

    [Fact]
    public void ANameThatIsNotThereIsAnsweredWithThoseThatAre()
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => RealDesigns.Named("Atlantis"));

        Assert.StartsWith(
            "There is no flag or sign 'Atlantis'; these are there: Argentina, Armenia,",
            problem.Message,
            StringComparison.Ordinal
        );
    }

    private static SKBitmap Draw(RealDesign real)
    {
        using SKImage image = DesignPainter.Paint(real.Design, Palette.Specified(real.Design, real.Colors), 200);
        return SKBitmap.FromImage(image);
    }
}
