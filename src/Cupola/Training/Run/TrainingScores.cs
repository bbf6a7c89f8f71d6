using Cupola.Evaluation;
using Cupola.Files;
using Cupola.ZeroShot;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Run;

/// <summary>Evaluates a model while it learns: by the loss on held-out pairs, by labeled images, or by both.</summary>
/// <param name="validation">The held-out pairs; null where there are none.</param>
/// <param name="images">The labeled images; null where there are none.</param>
/// <param name="candidate">What is said of their labels; null where there are none.</param>
/// <param name="logger">Receives a sentence for what cannot be read, at each evaluation.</param>
internal sealed class TrainingScores(
    ValidationLoss? validation,
    LabeledDataset? images,
    NamedPromptSet? candidate,
    ILogger logger
)
{
    /// <summary>Evaluates the model as it is.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public ModelScore Compute(ClipEmbedder embedder, CancellationToken cancellationToken) =>
        new(validation?.Compute(embedder, cancellationToken), images is null ? null : Top1(embedder, images, cancellationToken));

    private Accuracy Top1(ClipEmbedder embedder, LabeledDataset labeled, CancellationToken cancellationToken)
    {
        ZeroShotClassifier classifier = ZeroShotClassifier.Create(
            EncodedPrompts.Encode(embedder, candidate!.Prompts, progress: null, cancellationToken),
            ClassEnsemble.EmbeddingMean,
            weights: null
        );
        EmbeddedDataset embedded = labeled.Embed(embedder, cache: null, progress: null, cancellationToken);
        foreach (string failure in embedded.Failed)
        {
            logger.Warn(failure);
        }

        return EvaluationResult.Evaluate(candidate, classifier, embedded.Embeddings, embedded.Truths).Top1;
    }
}
