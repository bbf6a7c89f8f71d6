using Cupola.Collectives;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Text;
using Cupola.Training.Data;

namespace Cupola.Training.Run;

/// <content>How a training begins, and how it goes on.</content>
public sealed partial class Trainer
{
    private readonly int _threads;
    private readonly Func<ClipEmbedder, CancellationToken, ModelScore>? _evaluate;
    private readonly ICollective _ranks;

    private Trainer(
        ICollective ranks,
        RunFolder run,
        TrainingSettings settings,
        TrainableModel model,
        TrainingPairs pairs,
        Func<ClipEmbedder, CancellationToken, ModelScore>? evaluate,
        int threads
    )
    {
        _ranks = ranks;
        _evaluate = evaluate;
        _run = run;
        _settings = settings;
        _model = model;
        Engine engine = new(
            new() { Threads = threads == 0 ? Math.Max(1, PhysicalCores.Count / ranks.RanksOnTheseCores) : threads }
        );
        _threads = engine.Threads;
        HardNegativeSampler? mined = settings.HardNegatives is { } neighbours
            ? new(pairs.Count, settings.Batch, neighbours, (ulong)settings.Seed)
            : null;
        BatchSampler order = mined ?? (BatchSampler)new ShuffledSampler(pairs.Count, settings.Batch, (ulong)settings.Seed);
        _plan = TrainingPlan.Create(settings, order.StepsPerEpoch);
        bool isTransformer = model.Config.Image is VisionTransformerConfig;
        _optimizer = new(
            model.Parameters,
            new(
                settings.Optimizer.Beta1,
                settings.Optimizer.Beta2 ?? (isTransformer ? 0.98f : 0.999f),
                settings.Optimizer.Epsilon ?? (isTransformer ? 1e-6f : 1e-8f),
                settings.Optimizer.WeightDecay
            ),
            _threads
        );
        _average = settings.Optimizer.EmaDecay is { } decay ? new(model.Parameters, decay, _threads) : null;
        _state = new(model.Parameters, _optimizer, _average);
        try
        {
            if (run.IsBegun)
            {
                _state.Read(run.Checkpoint);
                _saved = _state.Step;
            }
            else
            {
                OnDisk(Write);
            }

            if (IsFirst)
            {
                _log = TrainingLog<LoggedStep>.Open(run.Log, line => line.Step <= _state.Step);
                _evaluations = TrainingLog<LoggedEvaluation>.Open(run.Evaluations, line => line.Step <= _state.Evaluated);
            }

            _clip = new(
                engine,
                model.Config,
                model.Preprocessing,
                model.Parameters,
                ImageForm.Bytes,
                new(settings.Memory.MicroBatchSize, settings.Memory.MicroBatchTokens, settings.Memory.ActivationMegabytes << 20),
                settings.Loss!.Value,
                settings.MaskSameLabel,
                ranks
            );
            _batches = new(
                pairs,
                order,
                ModelFamily.ToWrite(model.Config).LoadTokenizer(run.Path, model.Config.Text.ContextLength),
                model.Preprocessing,
                settings.ImageAugmentation,
                (ulong)settings.Seed,
                engine.Threads,
                ImageCache.UsualRoom,
                new(ranks, _clip.PairsOf)
            );
            _mining = mined is null ? null : new(run.Mined, mined, _batches, _clip, ranks);
        }
        catch
        {
            DisposeOwn();
            throw;
        }
    }

    private bool IsFirst => _ranks.Rank == 0;

    /// <summary>Makes a training ready, from its beginning or from where it ended.</summary>
    /// <param name="run">The folder of the run; it is made if it is not there.</param>
    /// <param name="dataset">What the pairs are called.</param>
    /// <param name="pairs">What there is to learn from.</param>
    /// <param name="settings">
    /// How it learns; where the run was begun, the settings it was begun with (<see cref="TrainingSettings.ReadRun"/>).
    /// </param>
    /// <param name="evaluate">Judges the model as it is, where there is anything to judge it by.</param>
    /// <param name="findModel">Gives the folder or file of a model that the settings name; without it, names are paths.</param>
    /// <param name="threads">Threads; 0 stands for one a physical core. What comes out does not depend on them.</param>
    /// <returns>A training of this process alone.</returns>
    /// <exception cref="ArgumentException">A setting is impossible, or nothing can tell when to stop early.</exception>
    /// <exception cref="InvalidDataException">
    /// The pairs cannot teach, the model cannot be read, or the run was begun with other settings or other pairs.
    /// </exception>
    /// <exception cref="IOException">The folder is in use, is something else than a run, or cannot be written.</exception>
    public static Trainer Open(
        string run,
        string dataset,
        TrainingPairs pairs,
        TrainingSettings settings,
        Func<ClipEmbedder, CancellationToken, ModelScore>? evaluate = null,
        Func<string, string>? findModel = null,
        int threads = 0
    ) => Open(new Alone(), run, dataset, pairs, settings, evaluate, findModel, threads);

    /// <summary>
    /// The same with other processes, which share each batch; what comes out does not depend on how many they are. All ranks call
    /// this with the same arguments and see the same folders; they are lent until the training is disposed.
    /// </summary>
    internal static Trainer Open(
        ICollective ranks,
        string run,
        string dataset,
        TrainingPairs pairs,
        TrainingSettings settings,
        Func<ClipEmbedder, CancellationToken, ModelScore>? evaluate,
        Func<string, string>? findModel,
        int threads
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Checked();
        if (settings.Run.Patience is not null && evaluate is null)
        {
            throw new ArgumentException(
                "'patience' stops when evaluations get no better, and there are none; "
                    + "name pairs or labelled images to judge by."
            );
        }

        if (pairs.Count < 2)
        {
            throw new InvalidDataException(
                $"{dataset} has one pair, and a contrastive loss tells pairs from one another; it needs hundreds."
            );
        }

        findModel ??= static name => name;
        settings = settings.WithLoss(run, findModel);
        RunDescription wanted = new(settings, PairsIdentity.Compute(dataset, pairs), ranks.Ranks);
        RankEquality.RequireCommand(ranks, wanted);
        Trainer? trainer = ranks.Rank == 0 ? Open(RunFolder.Open(run, wanted)) : null;
        // The others begin with what the first one wrote.
        ranks.Meet();
        trainer ??= Open(RunFolder.Follow(run, ranks.Rank));
        try
        {
            RankEquality.RequireState(ranks, trainer._state, run);
            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }

        Trainer Open(RunFolder folder)
        {
            TrainableModel? model = null;
            try
            {
                model = Begin(folder, pairs, settings, findModel);
                if (settings.FreezeBatchNorm is not null && model.Config.Image is not ResNetConfig)
                {
                    throw new ArgumentException(
                        "The setting 'freezeBatchNorm' is about the batch norms of residual networks, and the image tower is a "
                            + "vision transformer, which has none."
                    );
                }

                return new(ranks, folder, settings, model, pairs, evaluate, threads);
            }
            catch
            {
                model?.Dispose();
                folder.Forget();
                folder.Dispose();
                throw;
            }
        }
    }

    private static TrainableModel Begin(
        RunFolder run,
        TrainingPairs pairs,
        TrainingSettings settings,
        Func<string, string> findModel
    )
    {
        if (run.IsBegun)
        {
            return TrainableModel.Load(run.Path, settings);
        }

        if (settings.Init is { } init)
        {
            return TrainableModel.Load(findModel(init), settings);
        }

        string folder = settings.Tokenizer is { } named ? ModelFolder.Find(findModel(named)).Path : run.Path;
        if (settings.Tokenizer is null)
        {
            TokenizerTrainer tokenizer = new();
            foreach ((string caption, int times) in pairs.Captions)
            {
                tokenizer.Add(caption, times);
            }

            TokenizerFolder.Write(folder, tokenizer.Train(settings.Model.Vocabulary), settings.Model.ContextLength);
        }

        return TrainableModel.Create(
            settings.Model.WithVocabulary(ClipTokenizer.Load(folder, settings.Model.ContextLength).VocabularySize),
            folder,
            settings
        );
    }
}
