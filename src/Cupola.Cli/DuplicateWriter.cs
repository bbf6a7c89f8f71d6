using System.Globalization;
using Cupola.Retrieval;

namespace Cupola.Cli;

/// <summary>Prints groups of duplicates.</summary>
internal static class DuplicateWriter
{
    public static void Write(IReadOnlyList<DuplicateGroup> groups, SearchFormat format)
    {
        CsvOutput? rows =
            format == SearchFormat.Csv ? new("level", "group", "image", "cosine", "bytes", "taken", "number") : null;
        foreach ((int place, DuplicateGroup group) in groups.Index())
        {
            switch (format)
            {
                case SearchFormat.Json:
                    Output.WriteJson(
                        new
                        {
                            level = Name(group.Level),
                            images = group.Images.Select(static image => new
                            {
                                image = image.File.Path,
                                cosine = image.Cosine,
                                bytes = image.File.Size,
                                taken = image.File.Metadata.Taken,
                                number = image.File.Number,
                            }),
                        }
                    );
                    break;
                case SearchFormat.Csv:
                    foreach (DuplicateImage image in group.Images)
                    {
                        rows!.Write(
                            Name(group.Level),
                            place + 1,
                            image.File.Path,
                            image.Cosine,
                            image.File.Size,
                            image.File.Metadata.Taken,
                            image.File.Number
                        );
                    }

                    break;
                case SearchFormat.Paths:
                    StandardStreams.Output.Write(place == 0 ? "" : "\n");
                    foreach (DuplicateImage image in group.Images)
                    {
                        SearchWriter.WritePath(image.File.Path);
                    }

                    break;
                default:
                    WriteLines(group, isFirst: place == 0 || groups[place - 1].Level != group.Level);
                    break;
            }
        }

        if (groups.Count == 0)
        {
            Console.Error.WriteLine("There are no duplicates among these images.");
        }
    }

    /// <summary>A level's name, as a program reads it.</summary>
    private static string Name(DuplicateLevel level) => level.ToString().ToLowerInvariant();

    /// <summary>A level's name, as a person reads it.</summary>
    public static string Heading(DuplicateLevel level) =>
        level switch
        {
            DuplicateLevel.Bytes => "The same bytes",
            DuplicateLevel.Picture => "The same picture in other files",
            _ => "The same moment",
        };

    private static void WriteLines(DuplicateGroup group, bool isFirst)
    {
        if (isFirst)
        {
            Console.Out.WriteLine($"{Heading(group.Level)}:");
        }

        foreach (DuplicateImage image in group.Images)
        {
            string cosine = image.Cosine.ToString("0.000", CultureInfo.InvariantCulture);
            Console.Out.WriteLine($"  {cosine,6}  {image.File.Size,11}  #{image.File.Number}  {image.File.Path}");
        }

        Console.Out.WriteLine();
    }
}
