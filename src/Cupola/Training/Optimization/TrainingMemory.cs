using Cupola.Models;

namespace Cupola.Training.Optimization;

/// <summary>
/// How a batch is cut, and how much memory a step may take for what it keeps. Nothing here follows from the number of threads:
/// where a batch is cut decides the order of sums, and what comes out must not depend on the machine's cores.
/// </summary>
/// <param name="MicroBatchSize">Images of one run; without a number, as many as are fastest.</param>
/// <param name="MicroBatchTokens">Nodes of one prompt tree; likewise.</param>
/// <param name="ActivationBytes">
/// What forward passes keep for the backward pass, all together; beyond it, a micro-batch's forward pass is run again.
/// </param>
internal sealed record TrainingMemory(int? MicroBatchSize = null, int? MicroBatchTokens = null, long ActivationBytes = 2L << 30)
{
    /// <summary>
    /// The widest activations of a run shall stay in a core's second cache, of which newer processors have one to two megabytes
    /// (docs/benchmarks.md).
    /// </summary>
    private const int CachedBytes = 5 << 18;

    /// <summary>Runs that a tower's half of a small batch is cut into, so that several cores have work.</summary>
    private const int SeveralRuns = 8;

    /// <summary>
    /// With fewer rows, a matrix product spends much of its time on bringing the weights into order, and a few cores do not make
    /// up for it (docs/benchmarks.md).
    /// </summary>
    private const int FewestRows = 200;

    /// <summary>The same where a batch is large enough for any number of cores.</summary>
    private const int FewestRowsOfMany = 512;

    /// <summary>A residual network's maps are large: a few images fill the cache.</summary>
    private const int ResNetPairs = 4;

    /// <summary>Of fewer images, mean and variance say little of others (arXiv 1803.08494, figure 1).</summary>
    private const int PairsOfStatistics = 32;

    /// <summary>Images of one run.</summary>
    /// <param name="config">The image tower.</param>
    /// <param name="pairs">Pairs of the batch.</param>
    /// <param name="byImages">Whether it has batch norms that go by a run's own images.</param>
    public int PairsOf(ImageConfig config, long pairs, bool byImages) =>
        MicroBatchSize
        ?? (
            config is VisionTransformerConfig transformer
                ? Math.Max(1, RowsOf(transformer.Transformer, pairs * transformer.Tokens) / transformer.Tokens)
            : byImages ? PairsOfStatistics
            : ResNetPairs
        );

    /// <summary>Nodes of one prompt tree.</summary>
    /// <param name="config">The text tower.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    public int TokensOf(TextConfig config, long tokens) => MicroBatchTokens ?? RowsOf(config.Transformer, tokens);

    private static int RowsOf(TransformerConfig config, long rows) =>
        (int)
            Math.Clamp(
                rows / SeveralRuns,
                FewestRows,
                Math.Max(CachedBytes / (sizeof(float) * config.MlpWidth), FewestRowsOfMany)
            );
}
