using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using FlagWorld.Designs;
using FlagWorld.Grammar;
using FlagWorld.Phrasing;

namespace FlagWorld.Output;

/// <summary>
/// A labeled dataset of combinations of layout and colors that training never draws: labels.csv names each image's, and
/// prompts.json says each in several ways.
/// </summary>
internal static class HeldOutCombinations
{
    /// <summary>Sentences that are written for each combination.</summary>
    private const int Sentences = 4;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Draws so many combinations, each in several views, shades and proportions.</summary>
    public static void Write(string folder, int combinations, int views, ulong seed, int size, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        using Image image = new(size);
        using WholeTextFile table = new(Path.Combine(folder, "labels.csv"));
        using CsvWriter rows = new(table.Writer, CultureInfo.InvariantCulture, leaveOpen: true);
        rows.WriteField("image");
        rows.WriteField("label");
        rows.NextRecord();
        OrderedDictionary<string, string[]> prompts = new(StringComparer.Ordinal);
        for (ulong number = 0; prompts.Count < combinations; number++)
        {
            CounterRandom random = new(seed, number);
            Design design = DesignStream.Draw(random.Fork(0), Share.HeldOut);
            string label = CanonicalDescription.Of(design);
            if (!prompts.TryAdd(label, [.. Captions.Write(design, Sentences, random.Fork(2))]))
            {
                continue;
            }

            for (int view = 0; view < views; view++)
            {
                stop.ThrowIfCancellationRequested();
                string name = string.Create(CultureInfo.InvariantCulture, $"pictures/{prompts.Count - 1:D4}-{view:D2}.jpg");
                Directory.CreateDirectory(Path.Combine(folder, "pictures"));
                File.WriteAllBytes(Path.Combine(folder, name), image.Draw(design, random.Fork(10 + (ulong)view)));
                rows.WriteField(name);
                rows.WriteField(label);
                rows.NextRecord();
            }
        }

        using WholeTextFile sentences = new(Path.Combine(folder, "prompts.json"));
        sentences.Writer.Write(JsonSerializer.Serialize(prompts, Readable));
        sentences.Writer.Write('\n');
    }
}
