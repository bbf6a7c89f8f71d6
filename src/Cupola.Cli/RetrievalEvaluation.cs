using Cupola.Evaluation;
using Cupola.Reports;

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
        CancellationToken cancellationToken
    )
    {
        RetrievalDataset pairs = RetrievalDataset.Read(dataset, fetch);
        EmbeddedRetrieval embedded = WorkProgress.Items("Embedding images", pairs.Count, progress =>
            pairs.Embed(embedder, cache, progress, cancellationToken)
        );
        foreach (string failure in embedded.Failed)
        {
            Console.Error.WriteLine(FailureSentence.Write(failure));
        }

        if (embedded.ReadImages == 0)
        {
            throw new InvalidDataException($"{dataset} has no images with captions that can be read.");
        }

        if (embedded.HasEqual)
        {
            Console.Error.WriteLine(
                $"Equal images and equal captions count once: {embedded.ReadImages} images with {embedded.ReadCaptions} captions "
                    + $"are {embedded.Pairs.Images} different images and {embedded.Pairs.Texts.Count} different captions."
            );
        }

        RetrievalRecall recall = WorkProgress.Items("Encoding captions", embedded.Pairs.Texts.Count, progress =>
            embedded.Compare(embedder, progress, cancellationToken)
        );
        Write(dataset, recall, embedded.Failed.Count, format);
        return embedded.Failed.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
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
                                    NumberFormat.Plain(row.Depth),
                                    NumberFormat.Points(row.Found.Share),
                                    NumberFormat.PointsRange(row.Found.Interval.Low, row.Found.Interval.High),
                                ]
                        ),
                    ]
                );
                break;
        }
    }
}
