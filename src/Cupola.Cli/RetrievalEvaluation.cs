using System.Globalization;
using Cupola.Data;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary><c>cupola evaluate --retrieval</c>: how often images and captions find each other.</summary>
internal static class RetrievalEvaluation
{
    /// <summary>The numbers of answers that are looked at, as in the field's tables.</summary>
    private static readonly int[] Depths = [1, 5, 10];

    public static int Run(
        string dataset,
        bool fetch,
        ClipEmbedder embedder,
        EmbeddingCache? cache,
        OutputFormat format,
        CancellationToken cancellation
    )
    {
        List<string> failed = [];
        IEnumerable<CaptionedImage> images = CaptionedImages.Open(dataset, fetch).Read(failed.Add);
        List<HashedImage> named = [.. images.Select(static image => new HashedImage(image))];
        RetrievalPairs pairs = new(embedder.Tokenizer);
        List<float> values = [];
        int read = 0,
            captions = 0;
        WorkProgress.Items("Embedding images", named.Count, progress =>
        {
            foreach ((EmbeddedImage embedded, HashedImage image) in Embed(embedder, named, cache, cancellation).Zip(named))
            {
                progress?.Invoke(1);
                if (embedded.Vector is null)
                {
                    failed.Add(embedded.Error!);
                    continue;
                }

                read++;
                captions += image.Captions.Count;
                if (pairs.Add(image.Hash!, image.Captions))
                {
                    values.AddRange(embedded.Vector);
                }
            }

            return read;
        });
        failed.ForEach(Console.Error.WriteLine);
        if (read == 0)
        {
            throw new InvalidDataException($"{dataset} has no images with captions that can be read.");
        }

        if (pairs.Images < read || pairs.Texts.Count < captions)
        {
            Console.Error.WriteLine(
                $"Equal images and equal captions count once: {read} images with {captions} captions are "
                    + $"{pairs.Images} different images and {pairs.Texts.Count} different captions."
            );
        }

        EmbeddingMatrix ofImages = new([.. values], pairs.Images, embedder.Config.EmbeddingDimension);
        EmbeddingMatrix ofTexts = WorkProgress.Items("Encoding captions", pairs.Texts.Count, progress =>
            embedder.EmbedTexts(pairs.Texts, CountedProgress.From(progress), cancellation)
        );
        Write(dataset, RetrievalRecall.Compute(ofImages, ofTexts, pairs.ImagesOfText), failed.Count, format);
        return failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static IEnumerable<EmbeddedImage> Embed(
        ClipEmbedder embedder,
        List<HashedImage> images,
        EmbeddingCache? cache,
        CancellationToken cancellation
    )
    {
        IEnumerable<ImageSource> sources = images.Select(static image => image.Source);
        return embedder.EmbedImages(sources, orient: false, cache, cancellation);
    }

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
                Dictionary<string, object> line = new()
                {
                    ["dataset"] = dataset,
                    ["pictures"] = recall.Images,
                    ["texts"] = recall.Texts,
                    ["failed"] = failed,
                };
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
                        query,
                        depth,
                        found.Share,
                        found.Interval.Low,
                        found.Interval.High,
                        recall.Images,
                        recall.Texts,
                        failed
                    );
                }

                break;
            default:
                Console.Out.WriteLine($"{dataset}: {recall.Images} images, {recall.Texts} captions.");
                Console.Out.WriteLine();
                TextTable.Write(
                    ["the right one is found", "#among the best", "#recall in percent", "#Wilson's interval of 95 %"],
                    [
                        .. rows.Select(static row =>
                            (IReadOnlyList<string>)
                                [
                                    row.Query == "imageToText" ? "a caption for each image" : "the image for each caption",
                                    Number(row.Depth),
                                    Percent(row.Found.Share),
                                    $"{Percent(row.Found.Interval.Low)} to {Percent(row.Found.Interval.High)}",
                                ]
                        ),
                    ]
                );
                break;
        }
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
