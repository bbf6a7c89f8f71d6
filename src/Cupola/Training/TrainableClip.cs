using System.Collections.Concurrent;
using Cupola.Images;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Training;

/// <summary>
/// Both towers while they learn. A batch is cut into chunks, small enough for the processor's cache, that run on threads side by side; the loss sees the
/// embeddings of the whole batch, so the gradient is that of the whole batch whatever the chunks (GradCache, arXiv 2101.06983).
/// </summary>
internal sealed class TrainableClip : IDisposable
{
    private readonly Engine _engine;
    private readonly LearnedParameters _parameters;
    private readonly TrainableTower _image;
    private readonly TrainableTower _text;
    private readonly PairLoss _loss;
    private readonly int _chunkPairs;
    private readonly int _chunkTokens;
    private readonly long _keptBytes;
    private readonly TensorPool _pool = new();

    /// <summary>Makes the towers ready.</summary>
    /// <param name="engine">What they run on.</param>
    /// <param name="config">Their architecture.</param>
    /// <param name="preprocessing">What was done to pictures that come as bytes.</param>
    /// <param name="parameters">What they learn; lent until this is disposed.</param>
    /// <param name="form">How pictures come.</param>
    /// <param name="memory">How large chunks are, and how much of the forward pass is kept.</param>
    /// <param name="loss">Which loss teaches; one with a bias wants a parameter <c>logit_bias</c>.</param>
    public TrainableClip(
        Engine engine, ClipConfig config, ImagePreprocessing preprocessing, LearnedParameters parameters, PictureForm form, TrainingMemory memory, LossKind loss)
    {
        _engine = engine;
        _parameters = parameters;
        _chunkPairs = memory.ChunkPairs > 0 ? memory.ChunkPairs : TrainingMemory.PairsOf(config.Image);
        _chunkTokens = memory.ChunkTokens > 0 ? memory.ChunkTokens : TrainingMemory.RowsOf(config.Text.Transformer.MlpWidth);
        _keptBytes = memory.KeptBytes;
        _image = TrainableTower.Create(engine, parameters, _pool, graph => TowerDescription.OfImages(graph, config, preprocessing, form, parameters.Statistics.Contains));
        _text = TrainableTower.Create(engine, parameters, _pool, graph => TowerDescription.OfTexts(graph, config));
        _loss = PairLoss.Create(loss, engine, config.EmbeddingDimension);
    }

    /// <summary>The loss of a batch; its gradient is left in the parameters' gradients, whatever stood there. Running statistics that follow the pictures take their step.</summary>
    /// <param name="pictures">In the form that was chosen, the first extent the number of pairs.</param>
    /// <param name="texts">Token ids of each pair's text, from the start token to the end token.</param>
    /// <param name="labels">What each pair says, where the loss is labelled.</param>
    public double Differentiate(Tensor pictures, IReadOnlyList<int[]> texts, IReadOnlyList<int>? labels = null)
    {
        (TrainableTower Tower, BatchChunk Chunk)[] work = Chunks(pictures, texts);
        var passes = new ForwardPass?[work.Length];
        try
        {
            bool[] isKept = Kept(work);
            StepStatistics statistics = new(_image.Statistics, work.Length);
            var imageEmbeddings = new float[texts.Count * Dimension];
            var textEmbeddings = new float[imageEmbeddings.Length];
            ForEachChunk(work, (width, tower, chunk, index) =>
            {
                ForwardPass pass = isKept[index] ? tower.Forward(width, chunk) : tower.Embed(width, chunk);
                passes[index] = pass;
                chunk.Scatter(pass.Embeddings, tower == _image ? imageEmbeddings : textEmbeddings);
                statistics.Take(index, chunk.Pairs.Count, pass.Statistics);
                if (!isKept[index])
                {
                    pass.Dispose();
                    passes[index] = null;
                }
            });
            statistics.MoveRunning(_parameters);

            PairGradients gradients = _loss.Evaluate(imageEmbeddings, textEmbeddings, _parameters.LogitScale, _parameters.LogitBias, labels);
            foreach ((string name, double ofNumber) in new[] { (LearnedParameters.LogitScaleName, gradients.LogitScale), (LearnedParameters.LogitBiasName, gradients.LogitBias) })
            {
                if (_parameters.Gradients.TryGetValue(name, out Tensor? gradient))
                {
                    gradient.AsSpan<float>()[0] = (float)ofNumber;
                }
            }

            RunWidth width = WidthOf(work.Length);
            OrderedWork.Run(work.Length, width == RunWidth.Wide ? 1 : _engine.Threads, index =>
            {
                (TrainableTower tower, BatchChunk chunk) = work[index];
                if (!tower.Learns)
                {
                    return static () => { };
                }

                using ForwardPass pass = passes[index] ?? tower.Forward(width, chunk);
                using Tensor seed = chunk.Gather(tower == _image ? gradients.Images : gradients.Texts, pass.Embeddings);
                passes[index] = null;
                return tower.Backward(width, pass, seed, isFirst: index == 0 || work[index - 1].Tower != tower);
            });
            return gradients.Loss;
        }
        finally
        {
            foreach (ForwardPass? pass in passes)
            {
                pass?.Dispose();
            }
        }
    }

    /// <summary>Numbers an embedding.</summary>
    public int Dimension => _image.Dimension;

    /// <summary>What the towers make of pairs, as they are now: embeddings of any length, [pairs, dimension].</summary>
    /// <param name="pictures">In the form that was chosen, the first extent the number of pairs.</param>
    /// <param name="texts">Token ids of each pair's text, from the start token to the end token.</param>
    public (float[] Images, float[] Texts) Embed(Tensor pictures, IReadOnlyList<int[]> texts)
    {
        float[] imageEmbeddings = new float[texts.Count * Dimension], textEmbeddings = new float[imageEmbeddings.Length];
        ForEachChunk(Chunks(pictures, texts), (width, tower, chunk, _) =>
        {
            using ForwardPass pass = tower.Embed(width, chunk);
            chunk.Scatter(pass.Embeddings, tower == _image ? imageEmbeddings : textEmbeddings);
        });
        return (imageEmbeddings, textEmbeddings);
    }

    public void Dispose()
    {
        _image.Dispose();
        _text.Dispose();
        _loss.Dispose();
        _pool.Dispose();
    }

    /// <summary>
    /// A batch in chunks, pictures first. Where batch norms go by a chunk's own pictures, chunks have at least as many as were asked for, because the statistics of fewer say less.
    /// </summary>
    private (TrainableTower Tower, BatchChunk Chunk)[] Chunks(Tensor pictures, IReadOnlyList<int[]> texts)
    {
        long count = pictures.Shape[0];
        long chunks = _image.Statistics.Count > 0 ? Math.Max(1, count / _chunkPairs) : (count + _chunkPairs - 1) / _chunkPairs;
        return
        [
            .. ChunkedBatch.OfPictures(pictures, (int)chunks, TowerDescription.Pictures, ImageEncoder.Batch).Select(chunk => (_image, chunk)),
            .. ChunkedBatch.OfTexts(texts, _chunkTokens).Select(chunk => (_text, chunk)),
        ];
    }

    /// <summary>Which chunks' forward passes are kept for the backward pass: the first of those that learn, as many as there is memory for.</summary>
    private bool[] Kept((TrainableTower Tower, BatchChunk Chunk)[] work)
    {
        long kept = 0;
        return [.. work.Select(piece => piece.Tower.Learns && (kept += piece.Tower.ForwardBytes(piece.Chunk)) <= _keptBytes)];
    }

    /// <summary>Runs over the chunks of both towers, as many at a time as there are threads.</summary>
    private void ForEachChunk((TrainableTower Tower, BatchChunk Chunk)[] work, Action<RunWidth, TrainableTower, BatchChunk, int> run)
    {
        RunWidth width = WidthOf(work.Length);
        Parallel.ForEach(
            Partitioner.Create(work.Index(), EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = width == RunWidth.Wide ? 1 : _engine.Threads },
            item => run(width, item.Item.Tower, item.Item.Chunk, item.Index));
    }

    /// <summary>Where there are fewer chunks than would keep all threads busy, all threads work on one after the other.</summary>
    private RunWidth WidthOf(int chunks) => chunks <= _engine.Threads ? RunWidth.Wide : RunWidth.Narrow;
}

/// <summary>How a batch is cut, and how much memory a step may take for what it keeps.</summary>
/// <param name="ChunkPairs">Pictures of one run; 0 stands for as many as are fastest.</param>
/// <param name="ChunkTokens">Nodes of one prompt tree; likewise.</param>
/// <param name="KeptBytes">What forward passes keep for the backward pass, all together; beyond it, a chunk's forward pass is run again.</param>
internal sealed record TrainingMemory(int ChunkPairs = 0, int ChunkTokens = 0, long KeptBytes = 2L << 30)
{
    /// <summary>The widest activations of a run shall stay in a core's second cache, of which newer processors have one to two megabytes (docs/benchmarks.md).</summary>
    private const int CachedBytes = 5 << 18;

    /// <summary>With fewer rows, a matrix product spends much of its time on bringing the weights into order.</summary>
    private const int FewestRows = 512;

    /// <summary>Rows of a run that is fastest, of a transformer whose widest layers have so many numbers.</summary>
    public static int RowsOf(int mlpWidth) => Math.Max(CachedBytes / (sizeof(float) * mlpWidth), FewestRows);

    /// <summary>Pictures of a run that is fastest.</summary>
    public static int PairsOf(ImageConfig config) => config is VisionTransformerConfig transformer ? Math.Max(1, RowsOf(transformer.Transformer.MlpWidth) / transformer.Tokens) : ResNetPairs;

    /// <summary>A residual network's maps are large: a few pictures fill the cache.</summary>
    private const int ResNetPairs = 4;
}
