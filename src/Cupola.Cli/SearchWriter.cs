using System.Globalization;

namespace Cupola.Cli;

/// <summary>What a search prints.</summary>
internal enum SearchFormat
{
    Table,
    Json,
    Csv,
    Paths,
}

/// <summary>Prints what a search found.</summary>
internal static class SearchWriter
{
    public static void Write(IReadOnlyList<FoundImage> found, SearchFormat format)
    {
        CsvOutput? rows = format == SearchFormat.Csv ? new("image", "score", "cosine", "likely", "number") : null;
        bool wasLikely = true;
        foreach (FoundImage image in found)
        {
            switch (format)
            {
                case SearchFormat.Json:
                    Output.WriteJson(
                        new
                        {
                            image = image.Path,
                            score = image.Score,
                            cosine = image.Cosine,
                            likely = image.IsLikely,
                            number = image.Number,
                        }
                    );
                    break;
                case SearchFormat.Csv:
                    rows!.Write(image.Path, image.Score, image.Cosine, image.IsLikely, image.Number);
                    break;
                case SearchFormat.Paths:
                    WritePath(image.Path);
                    break;
                default:
                    if (wasLikely && !image.IsLikely)
                    {
                        Console.Out.WriteLine("Unlikely, because words that have nothing to do with it fit as well:");
                    }

                    wasLikely = image.IsLikely;
                    string score = image.Score.ToString("0.00", CultureInfo.InvariantCulture),
                        cosine = image.Cosine.ToString("0.000", CultureInfo.InvariantCulture);
                    Console.Out.WriteLine($"{score,6}  {cosine,6}  #{image.Number}  {image.Path}");
                    break;
            }
        }

        if (found.Count == 0)
        {
            Console.Error.WriteLine("Nothing is found: the index holds no such images; 'cupola index FOLDER' adds some.");
        }
    }

    /// <summary>A path for other tools, as it is; lines end alike on every machine.</summary>
    public static void WritePath(string path) => StandardStreams.Output.Write(path + "\n");
}
