using System.Collections.Concurrent;
using Cupola.Collectives;
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
    private readonly ICollective _ranks;
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
    /// <param name="ranks">Who shares the batches; lent likewise. Without it, this process is alone.</param>
    public TrainableClip(
        Engine engine,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        TrainableParameters parameters,
        ImageForm form,
        TrainingMemory memory,
        LossKind loss,
        bool maskSameLabel,
        ICollective? ranks = null
    )
    {
        _ranks = ranks ?? new Alone();
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
        _loss = ImageTextLoss.Create(loss, maskSameLabel, engine, config.EmbeddingDimension, _ranks);
    }

    /// <summary>
    /// The loss of a batch; its gradient is left in the parameters' gradients, whatever stood there. Running statistics that
    /// follow the images take their step.
    /// </summary>
    /// <param name="images">
    /// Those of this rank's pairs (<see cref="PairsOf"/>), in the form that was chosen, the first extent their number.
    /// </param>
    /// <param name="texts">Token ids of each pair's text, from the start token to the end token; all ranks have all.</param>
    /// <param name="labels">What each pair says, where the loss is labeled.</param>
    public double Differentiate(Tensor images, IReadOnlyList<int[]> texts, IReadOnlyList<int>? labels = null)
    {
        TowerBatch ofImages = BatchOf(images, texts.Count),
            ofTexts = BatchOf(texts);
        TowerRun[] runs = [.. ofImages.Mine, .. ofTexts.Mine];
        var passes = new ForwardPass?[runs.Length];
        try
        {
            bool[] isSaved = WithSavedActivations(runs);
            StepStatistics statistics = new(
                _parameters,
                _image.Statistics,
                [.. ofImages.MicroBatches.Select(static microBatch => microBatch.Pairs.Count)]
            );
            ForEachRun(runs, (run, index) =>
            {
                ForwardPass pass = isSaved[index] ? run.Tower.Forward(run.MicroBatch) : run.Tower.Embed(run.MicroBatch);
                passes[index] = pass;
                run.Batch.Take(run.Index, pass.Embeddings);
                if (run.Batch == ofImages)
                {
                    statistics.Take(run.Index, pass.Statistics);
                }

                if (!isSaved[index])
                {
                    pass.Dispose();
                    passes[index] = null;
                }
            });
            statistics.MoveRunning(_ranks, ofImages.Counts);
            float[] imageEmbeddings = ofImages.Gather(texts.Count),
                textEmbeddings = ofTexts.Gather(texts.Count);
            PairGradients gradients = null!;
            Times.InLoss(() =>
                gradients = _loss.Evaluate(imageEmbeddings, textEmbeddings, _parameters.LogitScale, _parameters.LogitBias, labels)
            );
            WriteGradients(gradients);
            Propagate(ofImages, ofTexts, runs, passes, gradients);
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

    /// <summary>The pairs of a batch of so many, from the first to that behind the last, whose images this rank embeds.</summary>
    public (int Start, int End) PairsOf(int pairs)
    {
        int microBatches = ImageMicroBatches(pairs);
        (int start, int end) = new MicroBatchGroups(microBatches).ShareOf(_ranks.Rank, _ranks.Ranks);
        return MicroBatch.RowsOf(pairs, microBatches, start, end);
    }

    /// <summary>The backward passes of this rank's micro-batches, whose gradients are added to those of the others.</summary>
    private void Propagate(
        TowerBatch ofImages,
        TowerBatch ofTexts,
        TowerRun[] runs,
        ForwardPass?[] passes,
        PairGradients gradients
    )
    {
        GradientSums imageSums = _image.BeginSums(ofImages.Groups, _ranks),
            textSums = _text.BeginSums(ofTexts.Groups, _ranks);
        OrderedReduction.Run(runs.Length, _engine.Threads, index =>
        {
            TowerRun run = runs[index];
            if (!run.Tower.Learns)
            {
                return static () => { };
            }

            (GradientSums sums, float[] ofEmbeddings) =
                run.Batch == ofImages ? (imageSums, gradients.Images) : (textSums, gradients.Texts);
            try
            {
                using ForwardPass pass = passes[index] ?? run.Tower.Forward(run.MicroBatch);
                using Tensor seed = run.MicroBatch.Gather(ofEmbeddings, pass.Embeddings);
                passes[index] = null;
                Action add = run.Tower.Backward(pass, seed, sums.PlaceOf(run.Index));
                return () =>
                {
                    add();
                    Times.InSums(() => sums.Done(run.Index));
                };
            }
            catch
            {
                imageSums.GiveUp();
                textSums.GiveUp();
                throw;
            }
        });
        foreach ((TrainableTower tower, GradientSums sums) in new[] { (_image, imageSums), (_text, textSums) })
        {
            if (tower.Learns)
            {
                sums.Reduce();
            }
        }
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
    /// <inheritdoc cref="Differentiate"/>
    public (float[] Images, float[] Texts) Embed(Tensor images, IReadOnlyList<int[]> texts)
    {
        TowerBatch ofImages = BatchOf(images, texts.Count),
            ofTexts = BatchOf(texts);
        ForEachRun([.. ofImages.Mine, .. ofTexts.Mine], static (run, _) =>
        {
            using ForwardPass pass = run.Tower.Embed(run.MicroBatch);
            run.Batch.Take(run.Index, pass.Embeddings);
        });
        return (ofImages.Gather(texts.Count), ofTexts.Gather(texts.Count));
    }

    public void Dispose()
    {
        _image.Dispose();
        _text.Dispose();
        _loss.Dispose();
        _pool.Dispose();
    }

    /// <summary>
    /// The micro-batches of a batch's images. Where batch norms go by a micro-batch's own images, they have at least as many as
    /// were asked for, because the statistics of fewer say less.
    /// </summary>
    private int ImageMicroBatches(int pairs)
    {
        bool byImages = _image.Statistics.Count > 0;
        int size = _memory.PairsOf(_config.Image, pairs, byImages);
        return byImages ? Math.Max(1, pairs / size) : (pairs + size - 1) / size;
    }

    private TowerBatch BatchOf(Tensor images, int pairs) =>
        new(
            _image,
            MicroBatch.FromImages(
                images,
                PairsOf(pairs).Start,
                pairs,
                ImageMicroBatches(pairs),
                TowerDescription.Images,
                ImageTower.Batch
            ),
            _ranks
        );

    private TowerBatch BatchOf(IReadOnlyList<int[]> texts) => new(_text, TextMicroBatches(texts), _ranks);

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
    private bool[] WithSavedActivations(TowerRun[] runs)
    {
        long bytes = 0;
        return
        [
            .. runs.Select(run =>
                run.Tower.Learns && (bytes += run.Tower.ForwardBytes(run.MicroBatch)) <= _memory.ActivationBytes
            ),
        ];
    }

    /// <summary>Runs over this rank's micro-batches of both towers, as many at a time as there are threads.</summary>
    private void ForEachRun(TowerRun[] runs, Action<TowerRun, int> work) =>
        Parallel.ForEach(
            Partitioner.Create(runs.Index(), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = _engine.Threads },
            item => work(item.Item, item.Index)
        );
}
