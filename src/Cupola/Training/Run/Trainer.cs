using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using Cupola.Collectives;
using Cupola.Files;
using Cupola.Training.Data;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Run;

/// <summary>
/// Trains a model in a folder, batch by batch, with checkpoints from which a run goes on bit for bit, however it ended. At each
/// checkpoint, and in the end, the folder is a model that can be loaded.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly RunFolder _run;
    private readonly TrainingSettings _settings;
    private readonly TrainableModel _model;
    private readonly TrainingPlan _plan;
    private readonly TrainingBatches _batches;
    private readonly HardNegativeMining? _mining;
    private readonly TrainableClip _clip;
    private readonly AdamW _optimizer;
    private readonly MovingAverage? _average;
    private readonly TrainingState _state;
    private readonly TrainingLog<LoggedStep>? _log;
    private readonly TrainingLog<LoggedEvaluation>? _evaluations;
    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private readonly Stopwatch _learning = new();
    private long _pairsSinceLogged;
    private long _saved;
    private IReadOnlyList<string> _learnedFrom = [];

    /// <summary>Steps that were made.</summary>
    public long Step => _state.Step;

    /// <summary>The step of the last checkpoint.</summary>
    internal long Saved => _saved;

    /// <summary>Threads that it takes.</summary>
    internal int Threads => _threads;

    /// <summary>Steps in all.</summary>
    public long Steps => _plan.Steps;

    /// <summary>Whether training ended before its last step, because evaluations got no better.</summary>
    public bool StoppedEarly => _settings.Run.Patience is { } patience && _state.SinceBest >= patience;

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsFinished => _state.Step >= _plan.Steps || StoppedEarly;

    /// <summary>
    /// The evaluation of the model in the folder: the best where training stops early, else the last.
    /// </summary>
    public LoggedEvaluation? KeptEvaluation
    {
        get
        {
            IReadOnlyList<LoggedEvaluation> made = TrainingLog<LoggedEvaluation>.Read(_run.Evaluations);
            return _settings.Run.Patience is not null ? made.MinBy(static line => line.Penalty)
                : made is [.., var last] ? last
                : null;
        }
    }

    /// <summary>Makes the steps that are left.</summary>
    /// <param name="progress">Receives each step, evaluation and checkpoint.</param>
    /// <param name="logger">Receives a sentence for each image that cannot be read.</param>
    /// <param name="cancellationToken">Stops behind a step; the run is saved as it is then.</param>
    /// <exception cref="TrainingDivergedException">
    /// The loss or a gradient is no finite number; the last checkpoint stays.
    /// </exception>
    /// <exception cref="IOException">The run cannot be written; the last checkpoint stays.</exception>
    public void Run(
        IProgress<TrainingProgress>? progress = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default
    )
    {
        if (IsFinished && !IsDue)
        {
            return;
        }

        try
        {
            EvaluateIfDue(progress, cancellationToken);
            _learning.Start();
            while (!IsFinished)
            {
                long end = MineIfDue(progress, logger, cancellationToken);
                foreach (TrainingBatch batch in _batches.From(_state.Step, end, Own(cancellationToken)))
                {
                    StepAgreement agreed;
                    using (batch)
                    {
                        agreed = Learn(batch, progress, logger, cancellationToken);
                    }

                    EvaluateIfDue(progress, cancellationToken);
                    if (IsFinished)
                    {
                        break;
                    }

                    if (agreed.Saves)
                    {
                        Save(progress);
                    }

                    if (agreed.Stops)
                    {
                        throw new OperationCanceledException(cancellationToken);
                    }
                }
            }

            EvaluateIfDue(progress, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Save(progress);
            throw;
        }

        Save(progress);
    }

    /// <summary>Gives the model and the folder back.</summary>
    public void Dispose()
    {
        DisposeOwn();
        _model.Dispose();
        _run.Dispose();
    }

    /// <summary>Disposes what was made here, as far as it was.</summary>
    private void DisposeOwn()
    {
        _log?.Dispose();
        _evaluations?.Dispose();
        _clip?.Dispose();
        _optimizer.Dispose();
        _average?.Dispose();
    }

    /// <summary>
    /// One step: the gradient of the batch's loss, its length limited, AdamW, the bounds of the logit scale, and the average.
    /// </summary>
    private StepAgreement Learn(
        TrainingBatch batch,
        IProgress<TrainingProgress>? progress,
        ILogger? logger,
        CancellationToken cancellationToken
    )
    {
        foreach (string sentence in batch.Broken)
        {
            logger?.Warn(sentence);
        }

        StepAgreement agreed = StepAgreement.Reach(
            _ranks,
            _clip.Differentiate(batch.Images, batch.Texts, _settings.MaskSameLabel ? batch.Labels : null),
            GradientNorm.Compute(_model.Parameters, _threads),
            _sinceSaved.Elapsed.TotalMinutes >= _settings.Run.CheckpointMinutes,
            cancellationToken.IsCancellationRequested
        );
        if (!double.IsFinite(agreed.Loss) || !double.IsFinite(agreed.GradientNorm))
        {
            throw Diverged(batch.Step + 1, double.IsFinite(agreed.Loss) ? "a gradient" : "the loss", batch.Names);
        }

        double rate = _plan.Schedule.At(batch.Step);
        _optimizer.Step(
            name => (float)(rate * _model.LayerwiseDecay.MultiplierFor(name)),
            _settings.Optimizer.ClipNorm is { } limit ? GradientNorm.Share(agreed.GradientNorm, limit) : 1
        );
        if (_model.Parameters.Gradients.ContainsKey(TrainableParameters.LogitScaleName))
        {
            Span<float> scale = _model.Parameters.Values[TrainableParameters.LogitScaleName].AsSpan<float>();
            scale[0] = Math.Clamp(scale[0], 0, ImageTextLoss.LargestLogitScale);
        }

        _average?.Follow(_optimizer.Steps);
        _state.Step = batch.Step + 1;
        _pairsSinceLogged += batch.Texts.Count;
        _learnedFrom = batch.Names;
        Report(agreed.Loss, Math.Exp(_model.Parameters.LogitScale), rate, progress);
        return agreed;
    }

    /// <summary>What stops this process alone: where there are other ranks, all stop behind the same step.</summary>
    private CancellationToken Own(CancellationToken cancellationToken) =>
        _ranks.Ranks == 1 ? cancellationToken : CancellationToken.None;

    private void Report(double loss, double scale, double rate, IProgress<TrainingProgress>? progress)
    {
        LoggedStep? line = null;
        if (_state.Step == 1 || _state.Step == _plan.Steps || _state.Step % _settings.Run.LogEvery == 0)
        {
            double seconds = Math.Max(_learning.Elapsed.TotalSeconds, 1e-9);
            line = new(
                _state.Step,
                _plan.EpochAt(_state.Step),
                Math.Round(loss, 6),
                Math.Round(scale, 4),
                rate,
                Math.Round(_pairsSinceLogged / seconds, 1)
            );
            OnDisk(() => _log!.Append(line));
            _pairsSinceLogged = 0;
            _learning.Restart();
        }

        progress?.Report(new(_state.Step, line));
    }

    /// <summary>Mines the epoch that begins, where hard negatives are wanted.</summary>
    /// <returns>The step before which batches are known.</returns>
    private long MineIfDue(IProgress<TrainingProgress>? progress, ILogger? logger, CancellationToken cancellationToken)
    {
        if (_mining is null)
        {
            return _plan.Steps;
        }

        // A checkpoint first: what was mined for the epoch before is lost now, and only from here on not needed.
        Save(progress);
        _mining.Prepare(_state.Step, OnDisk, logger, Own(cancellationToken));
        return Math.Min(_mining.EndOf(_state.Step), _plan.Steps);
    }

    [MemberNotNullWhen(true, nameof(_evaluate))]
    private bool IsDue =>
        _evaluate is not null
        && _state.Step != _state.Evaluated
        && (_state.Step % _plan.StepsPerEvaluation == 0 || _state.Step == _plan.Steps);

    private void EvaluateIfDue(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (!IsDue)
        {
            return;
        }

        _learning.Stop();
        RequireFiniteParameters();
        // Where the best model is kept, this one may not take its place before it is known to be better.
        string folder = _settings.Run.Patience is null ? _run.Path : _run.UnderEvaluation;
        OnDisk(() => _model.Write(folder, _average, _settings.Run.ElementType));
        ModelScore? score = Evaluate(folder, _evaluate, cancellationToken);
        double penalty = _ranks.OfFirst([score?.Penalty ?? double.NaN])[0];
        bool isBest = penalty < _state.Best;
        (_state.Best, _state.SinceBest) = isBest ? (penalty, 0) : (_state.Best, _state.SinceBest + 1);
        _state.Evaluated = _state.Step;
        LoggedEvaluation line = new(
            _state.Step,
            _plan.EpochAt(_state.Step),
            score?.ValidationLoss,
            score?.Top1?.Share,
            score?.Top1?.Interval.Low,
            score?.Top1?.Interval.High,
            score?.Top1?.Images
        );
        OnDisk(() =>
        {
            if (folder != _run.Path)
            {
                Directory.Delete(folder, recursive: true);
                if (isBest)
                {
                    _model.Write(_run.Path, _average, _settings.Run.ElementType);
                }
            }

            _evaluations!.Append(line);
        });
        progress?.Report(new(_state.Step, Evaluated: line));
        _learning.Start();
    }

    /// <summary>Judges the model, on the first rank; the others wait for it.</summary>
    private ModelScore? Evaluate(
        string folder,
        Func<ClipEmbedder, CancellationToken, ModelScore> evaluate,
        CancellationToken cancellationToken
    )
    {
        ModelScore? score = null;
        bool isStopped = false;
        if (IsFirst)
        {
            try
            {
                using ClipEmbedder embedder = ClipEmbedder.Load(folder, new EngineOptions { Threads = _threads });
                score = evaluate(embedder, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                isStopped = true;
            }
        }

        _ranks.Meet();
        return _ranks.OfFirst([isStopped])[0] ? throw new OperationCanceledException(cancellationToken) : score;
    }

    private void Save(IProgress<TrainingProgress>? progress)
    {
        _learning.Stop();
        RequireFiniteParameters();
        OnDisk(() =>
        {
            // The log first: a checkpoint must not know of steps that the log has forgotten.
            _log!.Save();
            _evaluations!.Save();
            Write();
            if (TrainingLog<LoggedStep>.Read(_run.Log) is { Count: > 0 } steps)
            {
                TrainingReport.Write(
                    _run.Page,
                    _run.Name,
                    _plan.Steps,
                    steps,
                    TrainingLog<LoggedEvaluation>.Read(_run.Evaluations)
                );
            }
        });
        progress?.Report(new(_state.Step, IsSaved: true));
        _sinceSaved.Restart();
        _learning.Start();
    }

    private void Write()
    {
        if (_settings.Run.Patience is null || _state.Step == 0)
        {
            _model.Write(_run.Path, _average, _settings.Run.ElementType);
        }

        _state.Write(_run.Checkpoint);
        _saved = _state.Step;
    }

    /// <summary>Writes what the first rank alone writes.</summary>
    private void OnDisk(Action write)
    {
        if (IsFirst)
        {
            Guard(write);
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunWriteException(exception, _state.Step, File.Exists(_run.Checkpoint) ? _saved : null);
        }
    }

    /// <summary>
    /// Keeps a step that went astray from taking the place of what is whole: its loss was still a number, and only the next would
    /// not be.
    /// </summary>
    private void RequireFiniteParameters()
    {
        if (
            _model.Parameters.Changing.Any(name =>
                !TensorPrimitives.IsFiniteAll<float>(_model.Parameters.Values[name].AsSpan<float>())
            )
        )
        {
            throw Diverged(_state.Step, "a parameter", _learnedFrom);
        }
    }

    private TrainingDivergedException Diverged(long step, string what, IReadOnlyList<string> names)
    {
        OnDisk(() => File.WriteAllLines(_run.FailedBatch, names));
        return new(what, names)
        {
            Step = step,
            FailedBatch = _run.FailedBatch,
            LearningRate = _settings.ChosenRate,
            SuggestedLearningRate = Math.Min(_settings.ChosenRate / 10, TrainingSettings.RateFromNothing),
            Run = _run.Path,
            CheckpointStep = _saved,
        };
    }
}
