using System.Globalization;
using Cupola.Data;
using Cupola.Embedding;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary><c>cupola evaluate --retrieval</c>: how often pictures and captions find each other.</summary>
internal static class RetrievalEvaluation
{
    /// <summary>The numbers of answers that are looked at, as in the field's tables.</summary>
    private static readonly int[] Depths = [1, 5, 10];

    public static int Run(string dataset, ClipEmbedder embedder, EmbeddingCache? cache, OutputFormat format, CancellationToken cancellation)
    {
        List<string> failed = [];
        List<CaptionedPicture> named = [.. CaptionedPictures.Open(dataset).Read(failed.Add)];
        List<CaptionedPicture> read = [];
        List<float> values = [];
        WorkProgress.Items("Embedding pictures", named.Count, progress =>
        {
            foreach ((EmbeddedPicture embedded, CaptionedPicture picture) in Embed(embedder, named, cache, cancellation).Zip(named))
            {
                progress?.Invoke(1);
                if (embedded.Embedding is null)
                {
                    failed.Add(embedded.Error!);
                    continue;
                }

                read.Add(picture);
                values.AddRange(embedded.Embedding);
            }

            return read.Count;
        });
        failed.ForEach(Console.Error.WriteLine);
        if (read.Count == 0)
        {
            throw new InvalidDataException($"{dataset} has no pictures with captions that can be read.");
        }

        string[] texts = [.. read.SelectMany(static picture => picture.Captions)];
        int[] pictureOfText = [.. read.Index().SelectMany(static picture => Enumerable.Repeat(picture.Index, picture.Item.Captions.Count))];
        EmbeddingMatrix ofTexts = WorkProgress.Items("Encoding captions", texts.Length, progress => embedder.EmbedTexts(texts, progress, cancellation));
        Write(dataset, RetrievalRecall.Of(new([.. values], read.Count, embedder.Config.EmbeddingDimension), ofTexts, pictureOfText), failed.Count, format);
        return failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static IEnumerable<EmbeddedPicture> Embed(ClipEmbedder embedder, List<CaptionedPicture> pictures, EmbeddingCache? cache, CancellationToken cancellation) => cache is null
        ? embedder.EmbedPictures(pictures.Select(static picture => picture.Picture), orient: false, cancellation)
        : embedder.EmbedPictures(pictures.Select(static picture => picture.Picture), orient: false, cache, cancellation);

    private static void Write(string dataset, RetrievalRecall recall, int failed, OutputFormat format)
    {
        (string Query, int Depth, Accuracy Found)[] rows =
        [
            .. Depths.Select(depth => ("imageToText", depth, recall.ImageToText(depth))),
            .. Depths.Select(depth => ("textToImage", depth, recall.TextToImage(depth))),
        ];
        switch (format)
        {
            case OutputFormat.Json:
                Dictionary<string, object> line = new() { ["dataset"] = dataset, ["pictures"] = recall.Pictures, ["texts"] = recall.Texts, ["failed"] = failed };
                foreach ((string query, int depth, Accuracy found) in rows)
                {
                    line[$"{query}{depth}"] = found.Share;
                    line[$"{query}{depth}Low"] = found.Interval.Low;
                    line[$"{query}{depth}High"] = found.Interval.High;
                }

                Output.WriteJson(line);
                break;
            case OutputFormat.Csv:
                CsvOutput table = new("query", "k", "recall", "low", "high", "pictures", "texts", "failed");
                foreach ((string query, int depth, Accuracy found) in rows)
                {
                    table.Write(
                        query, depth, found.Share, found.Interval.Low, found.Interval.High, recall.Pictures, recall.Texts, failed);
                }

                break;
            default:
                Console.Out.WriteLine($"{dataset}: {recall.Pictures} pictures, {recall.Texts} captions.");
                Console.Out.WriteLine();
                TextTable.Write(
                    ["the right one is found", "#among the best", "#recall in percent", "#Wilson's interval of 95 %"],
                    [.. rows.Select(static row => (IReadOnlyList<string>)
                    [
                        row.Query == "imageToText" ? "a caption for each picture" : "the picture for each caption", Number(row.Depth), Percent(row.Found.Share),
                        $"{Percent(row.Found.Interval.Low)} to {Percent(row.Found.Interval.High)}",
                    ])]);
                break;
        }
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
