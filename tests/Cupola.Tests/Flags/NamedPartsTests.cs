using Cupola.Images;
using FlagWorld;
using FlagWorld.Designs;
using FlagWorld.Grammar;
using FlagWorld.Output;

namespace Cupola.Tests.Flags;

/// <summary>Masks of what a sentence is about.</summary>
public sealed class NamedPartsTests
{
    [Fact]
    public void AMaskCoversThePartInEveryViewAlsoUnderWhatIsPaintedOnIt()
    {
        Canton canton = new(new Tint(Hue.Blue), 0.4, 0.5);
        Design design = new(new Plain(new Tint(Hue.Yellow)), [canton, new Charge(Shape.Star, new Tint(Hue.White), Place.Canton)]);
        using FlagWorld.Output.Image image = new(96);
        for (ulong view = 0; view < 12; view++)
        {
            using RgbImage drawn = ImageDecoder.DecodeBytes(image.Draw(design, new CounterRandom(view, 1)), "flag"),
                mask = ImageDecoder.DecodeBytes(image.DrawMask(design, canton, new CounterRandom(view, 1)), "mask");

            (int inside, int blue) = (0, 0);
            for (int pixel = 0; pixel < 96 * 96; pixel++)
            {
                if (mask.Bytes[3 * pixel] > 127)
                {
                    inside++;
                    // The canton is blue and its star white: nothing there is as yellow as the field.
                    blue += drawn.Bytes[3 * pixel] <= drawn.Bytes[(3 * pixel) + 2] + 40 ? 1 : 0;
                }
            }

            // 0.2 of a flag that takes 0.3 to 0.67 of the image.
            Assert.InRange(inside, 96 * 96 * 0.03, 96 * 96 * 0.15);
            Assert.True(blue > 0.95 * inside, $"View {view}: {blue} of {inside} pixels are the canton's.");
        }
    }

    [Fact]
    public void EveryPartHasAMaskASentenceAndOneAboutNothingThere()
    {
        string folder = TestFolder.New();
        NamedParts.Write(folder, 20, seed: 3, Share.Training, size: 64, TestContext.Current.CancellationToken);

        string[] lines = File.ReadAllLines(Path.Combine(folder, "parts.jsonl"));

        Assert.True(lines.Length >= 20);
        Assert.Equal(20, Directory.GetFiles(Path.Combine(folder, "pictures")).Length);
        Assert.Equal(lines.Length, Directory.GetFiles(Path.Combine(folder, "masks")).Length);
        Assert.All(lines, static line =>
        {
            System.Text.Json.JsonElement part = System.Text.Json.JsonDocument.Parse(line).RootElement;
            Assert.Matches("^(an? |[a-z]+ )", part.GetProperty("text").GetString());
            Assert.NotEqual(part.GetProperty("text").GetString(), part.GetProperty("wrong").GetString());
        });
    }
}
