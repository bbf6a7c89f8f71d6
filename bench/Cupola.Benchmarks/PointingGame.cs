using System.Text.Json;
using Cupola.Images;

namespace Cupola.Benchmarks;

/// <summary>Sentences about images, each with the place that it is about.</summary>
internal sealed record PointingGame(IReadOnlyList<PointingRound> Rounds)
{
    /// <summary>How far from a part a largest value may lie: half a place of an 8 × 8 map.</summary>
    private const double Tolerance = 1.0 / 16;

    /// <summary>Mosaics, and the side of each of the four photos in one.</summary>
    private const int Mosaics = 250,
        TileSide = 112;

    /// <summary>The parts of flags (samples/FlagWorld, the verb parts).</summary>
    public static PointingGame OfParts(string folder)
    {
        Dictionary<string, RgbImage> images = [];
        List<PointingRound> rounds = [];
        foreach (string line in File.ReadLines(Path.Combine(folder, "parts.jsonl")))
        {
            Part part = JsonSerializer.Deserialize<Part>(line, JsonSerializerOptions.Web)!;
            if (!images.TryGetValue(part.Image, out RgbImage? image))
            {
                image = ImageSource.FromPath(Path.Combine(folder, part.Image)).Decode();
                images.Add(part.Image, image);
            }

            using RgbImage mask = ImageSource.FromPath(Path.Combine(folder, part.Mask)).Decode();
            bool[] inside = new bool[mask.Width * mask.Height];
            for (int pixel = 0; pixel < inside.Length; pixel++)
            {
                inside[pixel] = mask.Bytes[3 * pixel] > 127;
            }

            if (inside.Contains(true))
            {
                rounds.Add(new(image, part.Text, part.Wrong, inside, Tolerance));
            }
        }

        return new(rounds);
    }

    /// <summary>Four photos of four classes in one image; each class's sentence points to its quarter.</summary>
    public static PointingGame OfMosaics(string folder)
    {
        string[][] classes =
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Order(StringComparer.Ordinal)
                .Select(static named => Directory.EnumerateFiles(named).Order(StringComparer.Ordinal).ToArray()),
        ];
        Random random = new(1);
        List<PointingRound> rounds = [];
        for (int mosaic = 0; mosaic < Mosaics; mosaic++)
        {
            int[] chosen = [.. Enumerable.Range(0, classes.Length)];
            random.Shuffle(chosen);
            RgbImage image = new(2 * TileSide, 2 * TileSide);
            for (int quarter = 0; quarter < 4; quarter++)
            {
                string[] photos = classes[chosen[quarter]];
                Copy(photos[random.Next(photos.Length)], image, quarter);
            }

            for (int quarter = 0; quarter < 4; quarter++)
            {
                bool[] inside =
                [
                    .. Enumerable
                        .Range(0, image.Width * image.Width)
                        .Select(pixel => QuarterOf(pixel % image.Width, pixel / image.Width) == quarter),
                ];
                rounds.Add(new(image, Sentence(chosen[quarter]), Sentence(chosen[4 + quarter]), inside, tolerance: 0));
            }
        }

        return new(rounds);

        string Sentence(int index) => $"a photo of a {Path.GetFileName(Path.GetDirectoryName(classes[index][0]))}.";
    }

    private static int QuarterOf(int x, int y) => (y / TileSide * 2) + (x / TileSide);

    private static void Copy(string photo, RgbImage image, int quarter)
    {
        using RgbImage source = ImageSource.FromPath(photo).Decode();
        byte[] tile = new byte[TileSide * TileSide * 3];
        new ImagePreprocessing(TileSide).Apply(source, tile);
        for (int row = 0; row < TileSide; row++)
        {
            tile.AsSpan(row * TileSide * 3, TileSide * 3)
                .CopyTo(image.Row((quarter / 2 * TileSide) + row)[(quarter % 2 * TileSide * 3)..]);
        }
    }

    private sealed record Part(string Image, string Text, string Mask, string Wrong);
}
