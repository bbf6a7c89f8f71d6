using System.Collections.Concurrent;
using Cupola.Images;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Text;
using Cupola.Training.Losses;

namespace Cupola.Training.Optimization;

/// <summary>
/// Both towers while they learn. A batch is cut into micro-batches, small enough for the processor's cache, that run in parallel;
/// the loss sees the embeddings of the whole batch, so the gradient is that of the whole batch whatever the micro-batches
/// (GradCache, arXiv 2101.06983).
/// </summary>
internal sealed class TrainableClip : IDisposable
{
    private readonly Engine _engine;
    private readonly TrainableParameters _parameters;
    private readonly TrainableTower _image;
    private readonly TrainableTower _text;
    private readonly ImageTextLoss _loss;
    private readonly ClipConfig _config;
    private readonly TrainingMemory _memory;
    private readonly TensorPool _pool = new();

    /// <summary>Makes the towers ready.</summary>
    /// <param name="engine">What they run on.</param>
    /// <param name="config">Their architecture.</param>
    /// <param name="preprocessing">What was done to images that come as bytes.</param>
    /// <param name="parameters">What they learn; lent until this is disposed.</param>
    /// <param name="form">How images come.</param>
    /// <param name="memory">How large micro-batches are, and how much of the forward pass is saved.</param>
    /// <param name="loss">Which loss teaches; one with a bias wants a parameter <c>logit_bias</c>.</param>
    /// <param name="maskSameLabel">Whether pairs of one label are no negatives of each other.</param>
    public TrainableClip(
        Engine engine,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        TrainableParameters parameters,
        ImageForm form,
        TrainingMemory memory,
        LossKind loss,
        bool maskSameLabel
    )
    {
        _engine = engine;
        _parameters = parameters;
        _config = config;
        _memory = memory;
        ClipNetwork network = new(config);
        _image = TrainableTower.Create(engine, parameters, _pool, Times, graph =>
            TowerDescription.ForImages(graph, network.Image, preprocessing, form, parameter =>
                parameters.Statistics.Contains(parameter.Name)
            )
        );
        _text = TrainableTower.Create(engine, parameters, _pool, Times, graph => TowerDescription.ForTexts(graph, network.Text));
        _loss = ImageTextLoss.Create(loss, maskSameLabel, engine, config.EmbeddingDimension);
    }

    /// <summary>
    /// The loss of a batch; its gradient is left in the parameters' gradients, whatever stood there. Running statistics that
    /// follow the images take their step.
    /// </summary>
    /// <param name="images">In the form that was chosen, the first extent the number of pairs.</param>
    /// <param name="texts">Token ids of each pair's text, from the start token to the end token.</param>
    /// <param name="labels">What each pair says, where the loss is labeled.</param>
    public double Differentiate(Tensor images, IReadOnlyList<int[]> texts, IReadOnlyList<int>? labels = null)
    {
        (TrainableTower Tower, MicroBatch Part)[] work = Split(images, texts);
        var passes = new ForwardPass?[work.Length];
        try
        {
            bool[] isSaved = WithSavedActivations(work);
            StepStatistics statistics = new(_image.Statistics, work.Length);
            var imageEmbeddings = new float[texts.Count * Dimension];
            var textEmbeddings = new float[imageEmbeddings.Length];
            ForEachMicroBatch(work, (tower, microBatch, index) =>
            {
                ForwardPass pass = isSaved[index] ? tower.Forward(microBatch) : tower.Embed(microBatch);
                passes[index] = pass;
                microBatch.Scatter(pass.Embeddings, tower == _image ? imageEmbeddings : textEmbeddings);
                statistics.Take(index, microBatch.Pairs.Count, pass.Statistics);
                if (!isSaved[index])
                {
                    pass.Dispose();
                    passes[index] = null;
                }
            });
            statistics.MoveRunning(_parameters);

            PairGradients gradients = null!;
            Times.InLoss(() =>
                gradients = _loss.Evaluate(imageEmbeddings, textEmbeddings, _parameters.LogitScale, _parameters.LogitBias, labels)
            );
            WriteGradients(gradients);
            Propagate(work, passes, gradients);
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

    /// <summary>The backward passes of all micro-batches; what they give is added in their order.</summary>
    private void Propagate((TrainableTower Tower, MicroBatch Part)[] work, ForwardPass?[] passes, PairGradients gradients)
    {
        OrderedSums ofImages = _image.BeginSums(),
            ofTexts = _text.BeginSums();
        int firstText = Array.FindIndex(work, piece => piece.Tower == _text);
        OrderedReduction.Run(work.Length, _engine.Threads, index =>
        {
            (TrainableTower tower, MicroBatch microBatch) = work[index];
            if (!tower.Learns)
            {
                return static () => { };
            }

            bool isImages = tower == _image;
            try
            {
                using ForwardPass pass = passes[index] ?? tower.Forward(microBatch);
                using Tensor seed = microBatch.Gather(isImages ? gradients.Images : gradients.Texts, pass.Embeddings);
                passes[index] = null;
                return tower.Backward(pass, seed, isImages ? ofImages : ofTexts, isImages ? index : index - firstText);
            }
            catch
            {
                ofImages.GiveUp();
                ofTexts.GiveUp();
                throw;
            }
        });
    }

    /// <summary>The gradients of the parameters between the towers.</summary>
    private void WriteGradients(PairGradients gradients)
    {
        foreach (
            (string name, double ofNumber) in new[]
            {
                (TrainableParameters.LogitScaleName, gradients.LogitScale),
                (TrainableParameters.LogitBiasName, gradients.LogitBias),
            }
        )
        {
            if (_parameters.Gradients.TryGetValue(name, out Tensor? gradient))
            {
                gradient.AsSpan<float>()[0] = (float)ofNumber;
            }
        }
    }

    /// <summary>Where the time of all steps so far went.</summary>
    public StepTimes Times { get; } = new();

    /// <summary>Numbers an embedding.</summary>
    public int Dimension => _image.Dimension;

    /// <summary>What the towers make of pairs, as they are now: embeddings of any length, [pairs, dimension].</summary>
    /// <param name="images">In the form that was chosen, the first extent the number of pairs.</param>
    /// <param name="texts">Token ids of each pair's text, from the start token to the end token.</param>
    public (float[] Images, float[] Texts) Embed(Tensor images, IReadOnlyList<int[]> texts)
    {
        float[] imageEmbeddings = new float[texts.Count * Dimension],
            textEmbeddings = new float[imageEmbeddings.Length];
        ForEachMicroBatch(Split(images, texts), (tower, microBatch, _) =>
        {
            using ForwardPass pass = tower.Embed(microBatch);
            microBatch.Scatter(pass.Embeddings, tower == _image ? imageEmbeddings : textEmbeddings);
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
    /// A batch in micro-batches, images first. Where batch norms go by a micro-batch's own images, they have at least as many
    /// as were asked for, because the statistics of fewer say less.
    /// </summary>
    private (TrainableTower Tower, MicroBatch Part)[] Split(Tensor images, IReadOnlyList<int[]> texts)
    {
        bool byImages = _image.Statistics.Count > 0;
        long count = images.Shape[0],
            size = _memory.PairsOf(_config.Image, count, byImages);
        long microBatches = byImages ? Math.Max(1, count / size) : (count + size - 1) / size;
        return
        [
            .. MicroBatch
                .FromImages(images, (int)microBatches, TowerDescription.Images, ImageTower.Batch)
                .Select(microBatch => (_image, microBatch)),
            .. TextMicroBatches(texts).Select(microBatch => (_text, microBatch)),
        ];
    }

    private IReadOnlyList<MicroBatch> TextMicroBatches(IReadOnlyList<int[]> texts)
    {
        TextConfig config = _config.Text;
        if (config.Reading == TextReading.FixedLength)
        {
            int tokens = _memory.TokensOf(config, (long)texts.Count * config.ContextLength);
            return MicroBatch.FromRows(texts, Math.Max(1, tokens / config.ContextLength), config.ContextLength);
        }

        int[][] untilEnd = [.. texts.Select(static ids => PromptTree.UntilEnd(ids))];
        return MicroBatch.FromTexts(untilEnd, _memory.TokensOf(config, untilEnd.Sum(static ids => (long)ids.Length)));
    }

    /// <summary>
    /// Which micro-batches' forward passes are saved for the backward pass: the first of those that learn, as many as there
    /// is memory for.
    /// </summary>
    private bool[] WithSavedActivations((TrainableTower Tower, MicroBatch Part)[] work)
    {
        long bytes = 0;
        return
        [
            .. work.Select(piece =>
                piece.Tower.Learns && (bytes += piece.Tower.ForwardBytes(piece.Part)) <= _memory.ActivationBytes
            ),
        ];
    }

    /// <summary>Runs over the micro-batches of both towers, as many at a time as there are threads.</summary>
    private void ForEachMicroBatch((TrainableTower Tower, MicroBatch Part)[] work, Action<TrainableTower, MicroBatch, int> run) =>
        Parallel.ForEach(
            Partitioner.Create(work.Index(), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = _engine.Threads },
            item => run(item.Item.Tower, item.Item.Part, item.Index)
        );
}
