using Cupola.Files;
using Cupola.Runtime;
using Cupola.Training.Data;
using Cupola.Training.Losses;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Run;

/// <summary>
/// The loss of a model on pairs that it does not learn from, in the batches that training has, so that both losses can be laid
/// side by side.
/// </summary>
internal sealed class ValidationLoss
{
    private readonly TrainingPairs _pairs;
    private readonly TrainingSettings _settings;
    private readonly Engine _engine;
    private readonly ILogger? _logger;

    /// <summary>Takes the pairs.</summary>
    /// <param name="pairs">They are the same at each evaluation, with the same captions and without augmentation.</param>
    /// <param name="settings">The batch, the loss and the seed.</param>
    /// <param name="threads">Threads; 0 stands for one a physical core.</param>
    /// <param name="logger">Receives, at each evaluation, a sentence for each image that cannot be read.</param>
    public ValidationLoss(TrainingPairs pairs, TrainingSettings settings, int threads = 0, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(settings);
        (_pairs, _settings, _engine, _logger) = (pairs, settings, new(new() { Threads = threads }), logger);
    }

    /// <summary>The mean over all pairs but those that fill no batch.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    public double Compute(ClipEmbedder embedder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ShuffledSampler order = new(_pairs.Count, _settings.Batch, (ulong)_settings.Seed);
        TrainingBatches batches = new(
            _pairs,
            order,
            embedder.Tokenizer,
            embedder.Preprocessing,
            ImageAugmentation.None,
            (ulong)_settings.Seed,
            _engine.Threads,
            cacheBytes: 0
        );
        using ImageTextLoss loss = ImageTextLoss.Create(
            _settings.Loss ?? LossKind.InfoNce,
            _settings.MaskSameLabel,
            _engine,
            embedder.Config.EmbeddingDimension
        );
        double sum = 0;
        int count = 0;
        foreach (TrainingBatch batch in batches.From(0, order.StepsPerEpoch, cancellationToken))
        {
            using (batch)
            {
                foreach (string sentence in batch.Broken)
                {
                    _logger?.Warn(sentence);
                }

                float[] images = embedder.Model.Image.Encode(batch.Images, cancellationToken);
                float[] texts = embedder.Model.Text.Encode([.. batch.Texts], progress: null, cancellationToken).Embeddings;
                sum +=
                    batch.Texts.Count
                    * loss.Evaluate(
                        images,
                        texts,
                        embedder.LogitScale,
                        embedder.Model.LogitBias ?? 0,
                        _settings.MaskSameLabel ? batch.Labels : null
                    ).Loss;
                count += batch.Texts.Count;
            }
        }

        return sum / count;
    }
}
