using System.Text.Json;
using Cupola.Collectives;
using Cupola.Files;
using Cupola.Training.Data;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Run;

/// <summary>
/// Hard negatives while a run goes on: an epoch's batches are mined just before its first step, from what the model makes of its
/// pairs then. They are kept with the run, because a run that goes on in the middle of an epoch no longer has the model that
/// mined it.
/// </summary>
/// <param name="path">Where they are kept.</param>
/// <param name="order">The order that is mined.</param>
/// <param name="batches">Gives the pairs to embed.</param>
/// <param name="clip">The model as it is.</param>
/// <param name="ranks">Who embeds the pairs; all take the first one's order.</param>
internal sealed class HardNegativeMining(
    string path,
    HardNegativeSampler order,
    TrainingBatches batches,
    TrainableClip clip,
    ICollective ranks
)
{
    /// <summary>The step that is the first of the next epoch, of which nothing is known yet.</summary>
    public long EndOf(long step) => (order.EpochOf(step) + 1) * order.StepsPerEpoch;

    /// <summary>Makes a step's epoch ready: mines it where the step is its first, and else reads what was mined.</summary>
    /// <param name="step">The step.</param>
    /// <param name="onDisk">Writes on the first rank what is to be kept.</param>
    /// <param name="logger">Receives a sentence for each image that cannot be read, once.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="InvalidDataException">What was mined is not there any more.</exception>
    public void Prepare(long step, Action<Action> onDisk, ILogger? logger, CancellationToken cancellationToken)
    {
        long epoch = order.EpochOf(step);
        if (step % order.StepsPerEpoch != 0)
        {
            order.Restore(epoch, ranks.OfFirst(ranks.Rank == 0 ? Read(epoch) : NewOrder()));
            return;
        }

        int[] mined = order.Mine(epoch, batches.DuplicatesOf(epoch), pairs => Embed(pairs, epoch, logger, cancellationToken));
        order.Restore(epoch, ranks.OfFirst(mined));
        onDisk(() => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new MinedEpoch(epoch, mined))));
    }

    private int[] NewOrder() => new int[order.StepsPerEpoch * order.BatchSize];

    private PairEmbeddings Embed(IReadOnlyList<int> pairs, long epoch, ILogger? logger, CancellationToken cancellationToken)
    {
        Dictionary<int, int> rows = pairs.Index().ToDictionary(static pair => pair.Item, static pair => pair.Index);
        int dimension = clip.Dimension;
        float[] images = new float[pairs.Count * dimension],
            texts = new float[images.Length];
        foreach (TrainingBatch batch in batches.Read(pairs, epoch, cancellationToken))
        {
            using (batch)
            {
                foreach (string sentence in batch.Broken)
                {
                    logger?.Warn(sentence);
                }

                (float[] image, float[] text) = clip.Embed(batch.Images, batch.Texts);
                using NormalizedEmbeddings unitImages = new(image, dimension),
                    unitTexts = new(text, dimension);
                foreach ((int row, int pair) in batch.Pairs.Index())
                {
                    unitImages[row].CopyTo(images.AsSpan(rows[pair] * dimension));
                    unitTexts[row].CopyTo(texts.AsSpan(rows[pair] * dimension));
                }
            }
        }

        return new(new EmbeddingMatrix(images, pairs.Count, dimension), new EmbeddingMatrix(texts, pairs.Count, dimension));
    }

    private int[] Read(long epoch)
    {
        try
        {
            MinedEpoch? mined = JsonSerializer.Deserialize<MinedEpoch>(File.ReadAllBytes(path));
            return mined?.Epoch == epoch && mined.Pairs?.Length == NewOrder().Length
                ? mined.Pairs
                : throw new InvalidDataException(
                    $"{path} is of another epoch than the checkpoint beside it; the run cannot go on."
                );
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException)
        {
            throw new InvalidDataException(
                $"{path}, which holds the batches that were mined, cannot be read; the run cannot go on in the middle of an "
                    + "epoch.",
                exception
            );
        }
    }

    /// <summary>What is kept of an epoch.</summary>
    private sealed record MinedEpoch(long Epoch, int[] Pairs);
}
