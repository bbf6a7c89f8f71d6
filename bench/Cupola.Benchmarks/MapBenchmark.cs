using System.Globalization;
using Cupola.Evaluation;
using Cupola.Images;
using Cupola.Maps;

namespace Cupola.Benchmarks;

/// <summary>How often a map's largest value lies where the sentence says: the pointing game.</summary>
internal static class MapBenchmark
{
    /// <summary>Plays with flags whose parts are known (parts.jsonl), or with mosaics of photos in class folders.</summary>
    public static int Run(string model, string folder)
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        PointingGame game = File.Exists(Path.Combine(folder, "parts.jsonl"))
            ? PointingGame.OfParts(folder)
            : PointingGame.OfMosaics(folder);
        string[] sentences = [.. game.Rounds.Select(static round => round.Text).Distinct(StringComparer.Ordinal)];
        string[] all = [.. sentences.Union(game.Rounds.Select(static round => round.Wrong), StringComparer.Ordinal)];
        EmbeddingMatrix texts = embedder.EmbedTexts(all),
            others = embedder.EmbedTexts(sentences);
        Dictionary<string, int> places = all.Index().ToDictionary(static each => each.Item, static each => each.Index);
        using MapEncoder encoder = MapEncoder.Create(embedder);
        MapMethod[] methods = [.. MapMethod.All(encoder.Tower)];
        Tally[] tallies = [.. methods.Select(static _ => new Tally())];
        MapPainter painter = new(encoder, texts, others);
        double chance = 0;
        foreach (IGrouping<RgbImage, PointingRound> image in game.Rounds.GroupBy(static round => round.Image))
        {
            painter.Read(image.Key, methods);
            foreach (PointingRound round in image)
            {
                chance += round.Chance;
                for (int method = 0; method < methods.Length; method++)
                {
                    tallies[method]
                        .Add(
                            round,
                            painter.Map(methods[method], places[round.Text]),
                            painter.Map(methods[method], places[round.Wrong])
                        );
                }
            }
        }

        Print(game, methods, tallies, chance / game.Rounds.Count);
        return 0;
    }

    private static void Print(PointingGame game, MapMethod[] methods, Tally[] tallies, double chance)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{game.Rounds.Count} sentences, {game.Rounds.Select(static round => round.Image).Distinct().Count()} images; "
                    + $"chance {chance * 100:0.0} %"
            )
        );
        Console.WriteLine($"{"",-26}{"inside",8}{"95 % interval",16}{"wrong sentence",16}{"heat inside",13}");
        foreach ((MapMethod method, Tally tally) in methods.Zip(tallies))
        {
            Interval interval = WilsonInterval.Compute(tally.Hits, tally.Count);
            string range = string.Create(CultureInfo.InvariantCulture, $"{interval.Low * 100:0.0} to {interval.High * 100:0.0}");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{method.Name,-26}{100.0 * tally.Hits / tally.Count,8:0.0}{range,16}"
                        + $"{100.0 * tally.WrongHits / tally.Count,16:0.0}{100 * tally.Heat / tally.Count,13:0.0}"
                )
            );
        }
    }

    private sealed class Tally
    {
        public int Count { get; private set; }

        public int Hits { get; private set; }

        public int WrongHits { get; private set; }

        public double Heat { get; private set; }

        public void Add(PointingRound round, HeatMap map, HeatMap wrong)
        {
            Count++;
            Hits += round.IsHit(map) ? 1 : 0;
            WrongHits += round.IsHit(wrong) ? 1 : 0;
            Heat += round.HeatInside(map);
        }
    }
}
