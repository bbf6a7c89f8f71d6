using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlagWorld.Designs;
using FlagWorld.Grammar;
using FlagWorld.Phrasing;

namespace FlagWorld.Output;

/// <summary>
/// Flags whose parts are known: parts.jsonl names an image, what one would call a part of it, the mask of where that lies, and
/// what nothing in the image is.
/// </summary>
internal static class NamedParts
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Draws so many flags with a part or more.</summary>
    public static void Write(string folder, int count, ulong seed, Share share, int size, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));
        Directory.CreateDirectory(Path.Combine(folder, "masks"));
        using Image image = new(size);
        using WholeTextFile table = new(Path.Combine(folder, "parts.jsonl"));
        int drawn = 0;
        for (ulong number = 0; drawn < count; number++)
        {
            stop.ThrowIfCancellationRequested();
            CounterRandom random = new(seed, number);
            Design design = DesignStream.Draw(random.Fork(0), share);
            Element[] parts = [.. PartsOf(design)];
            if (design.Outline != Outline.Flag || parts.Length == 0)
            {
                continue;
            }

            string name = drawn.ToString("D5", CultureInfo.InvariantCulture),
                picture = $"pictures/{name}.jpg";
            drawn++;
            File.WriteAllBytes(Path.Combine(folder, picture), image.Draw(design, random.Fork(1)));
            foreach ((int index, Element part) in parts.Index())
            {
                string mask = string.Create(CultureInfo.InvariantCulture, $"masks/{name}-{index}.png");
                File.WriteAllBytes(Path.Combine(folder, mask), image.DrawMask(design, part, random.Fork(1)));
                string line = JsonSerializer.Serialize(
                    new
                    {
                        image = picture,
                        text = CanonicalDescription.OfPart(part),
                        mask,
                        wrong = Absent(design, part, share, random.Fork(3 + (ulong)index)),
                    },
                    Plain
                );
                table.Writer.Write(line + "\n");
            }
        }
    }

    /// <summary>What can be pointed at, and is called like nothing else of the design.</summary>
    private static IEnumerable<Element> PartsOf(Design design) =>
        design
            .Elements.Where(static element => element is Canton or HoistTriangle or Bend or Cross or Charge { Backing: null })
            .GroupBy(CanonicalDescription.OfPart, StringComparer.Ordinal)
            .Where(static group => group.Count() == 1)
            .Select(static group => group.Single());

    /// <summary>A part of another flag, of a kind and a color that are not in this one.</summary>
    private static string Absent(Design design, Element part, Share share, CounterRandom random)
    {
        HashSet<Hue> hues = [.. design.Tints.Select(static tint => tint.Hue)];
        for (ulong attempt = 0; ; attempt++)
        {
            Element? other = PartsOf(DesignStream.Draw(random.Fork(attempt), share))
                .FirstOrDefault(other =>
                    !hues.Contains(other.Tint.Hue)
                    && (
                        other.GetType() != part.GetType() || other is Charge { Shape: var shape } && shape != ((Charge)part).Shape
                    )
                );
            if (other is not null)
            {
                return CanonicalDescription.OfPart(other);
            }
        }
    }
}
