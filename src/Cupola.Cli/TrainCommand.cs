using System.CommandLine;
using System.Diagnostics;
using Cupola.Collectives;
using Cupola.Files;
using Cupola.Reports;
using Cupola.Training.Data;
using Cupola.Training.Run;
using Microsoft.Extensions.Logging;

namespace Cupola.Cli;

/// <summary><c>cupola train</c>: contrastive training or fine-tuning, which goes on where it ended.</summary>
internal sealed class TrainCommand
{
    private readonly TrainingOptions _settings = new();

    private readonly TrainingDataOptions _data = new();

    private readonly Argument<string> _dataset = new("dataset")
    {
        Description =
            "A folder with a folder of images for each label, a table of captions (.csv, .tsv, .jsonl), or "
            + "WebDataset shards.",
    };

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The folder of the run, which becomes the model; a run that is there goes on.",
        HelpName = "RUN",
        Required = true,
    };

    private readonly PrecisionOption _precision = new(
        "train learns in float32, because steps as small as a training step's vanish in int8; omit --precision int8, and give "
            + "it to the verbs that use the model."
    );

    private readonly NumberOption<int> _threads = ModelOptions.CreateThreads();

    private readonly Option<OutputFormat> _format = Output.CreateOption();

    private const string StoppedEarly = "Stopped before the first step; what was there before is as it was.";

    public static Command Create() => new TrainCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "train",
            "Train a model on images and captions, or fine-tune one; a run that was ended goes on where it stopped.",
            """
            cupola train pairs.csv -o runs/first --epochs 20
            cupola train pairs.csv -o runs/second --config settings.json --validation held-out.csv --evaluate birds/
            cupola train birds/ -o runs/birds --init openai/clip-vit-base-patch32 --templates imagenet-7 --epochs 5
            cupola train "pairs-{000..009}.tar" -o runs/shards --steps 20000 --format json > log.jsonl
            mpirun -n 8 cupola train pairs.csv -o runs/first --epochs 20
            cupola classify bird.jpg --labels "a robin,a wren" --model runs/birds
            """
        )
        {
            _dataset,
        };
        command.Options.Add(_output);
        _settings.AddTo(command);
        _data.AddTo(command);
        command.Options.Add(_precision);
        command.Options.Add(_threads);
        command.Options.Add(_format);
        command.SetVerb(
            (parsed, cancellationToken) =>
                RankProcess.Run(parsed, ranks => Run(parsed, ranks, cancellationToken), StoppedEarly, cancellationToken),
            static _ => StoppedEarly
        );
        return command;
    }

    private int Run(ParseResult parsed, ICollective ranks, CancellationToken cancellationToken)
    {
        string run = parsed.GetValue(_output)!,
            path = parsed.GetValue(_dataset)!;
        int threads = parsed.GetValue(_threads) ?? 0;
        TrainingSettings chosen = _settings.Read(parsed, run);
        HashSet<string> told = [];
        SentenceLogger log = new(WriteOnce);
        TrainingPairs pairs = _data.ReadPairs(parsed, path, log);
        foreach (string note in pairs.Notes)
        {
            Console.Error.WriteLine(note);
        }

        chosen = chosen.WithLoss(run, FindModel);
        TrainingScores? scores = _data.ReadScores(parsed, chosen, threads, log);
        bool isEvaluated = false;
        using Trainer trainer = Trainer.Open(
            ranks,
            run,
            path,
            pairs,
            chosen,
            scores is null ? null : Evaluate,
            FindModel,
            threads
        );
        // mpirun, one of whose ranks is gone, asks the others to end and gives them a second, less than a step may take.
        using CancellationTokenRegistration asked = cancellationToken.Register(() =>
        {
            if (ranks.Ranks > 1)
            {
                Console.Error.WriteLine(
                    $"Asked to end after step {trainer.Step} of {trainer.Steps}; the checkpoint of step {trainer.Saved} "
                        + $"is in {run}, and the same command goes on from there."
                );
            }
        });
        try
        {
            if (ranks.Ranks > 1)
            {
                Console.Error.WriteLine(
                    $"{ranks.Ranks} ranks train, by {trainer.Threads} {(trainer.Threads == 1 ? "thread" : "threads")} each."
                );
            }

            Train(trainer, parsed.GetValue(_format), isWatched: ranks.Ranks == 1, log, cancellationToken);
            string ended = trainer.StoppedEarly ? "Stopped early, as evaluations got no better, after" : "Trained";
            Console.Error.WriteLine(
                $"{ended} {trainer.Step} of {trainer.Steps} steps; the model is in {run}."
                    + $"{(isEvaluated ? Said(trainer.KeptEvaluation!) : "")}"
            );
            if (scores is not null && !isEvaluated && ranks.Rank == 0)
            {
                // The run was finished before; what is named now may be other data than it was judged by.
                using ClipEmbedder embedder = ClipEmbedder.Load(run, new EngineOptions { Threads = threads });
                Console.Error.WriteLine($"Evaluated now:{Said(scores.Compute(embedder, cancellationToken))}");
            }

            ranks.Meet();
        }
        catch (OperationCanceledException exception)
        {
            throw new StoppedException(
                $"Stopped after step {trainer.Step} of {trainer.Steps}; the checkpoint is in {run}, "
                    + "and the same command goes on from there.",
                exception
            );
        }

        return told.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;

        string FindModel(string name) => ModelOptions.Find(name, cancellationToken);

        ModelScore Evaluate(ClipEmbedder embedder, CancellationToken stop)
        {
            isEvaluated = true;
            return scores!.Compute(embedder, stop);
        }

        // Each evaluation comes upon the same images; a sentence is said once.
        void WriteOnce(string sentence)
        {
            if (told.Add(sentence))
            {
                Console.Error.WriteLine(FailureSentence.Write(sentence));
            }
        }
    }

    private static void Train(
        Trainer trainer,
        OutputFormat format,
        bool isWatched,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        long done = trainer.Step;
        WorkProgress.Steps(trainer.Steps - done, shown =>
        {
            trainer.Run(new StepProgress(trainer.Steps, done, format, isWatched, shown), log, cancellationToken);
            return trainer.Step;
        });
    }

    private static string Said(LoggedEvaluation line) =>
        Said(line.ValidationLoss, line.Top1, line.Top1Low, line.Top1High, line.Images);

    private static string Said(ModelScore score) =>
        Said(score.ValidationLoss, score.Top1?.Share, score.Top1?.Interval.Low, score.Top1?.Interval.High, score.Top1?.Images);

    private static string Said(double? validationLoss, double? top1, double? low, double? high, int? images) =>
        string.Concat(
            validationLoss is { } loss ? $" Validation loss {loss:0.000}." : "",
            top1 is { } share
                ? $" Top-1 {NumberFormat.Percent(share)} ({NumberFormat.PointsRange(low!.Value, high!.Value)}) of {images} "
                    + "images."
                : ""
        );

    /// <summary>Shows each step, and writes those that are logged where a program reads them.</summary>
    /// <param name="steps">Steps in all.</param>
    /// <param name="before">Steps that were made before.</param>
    /// <param name="format">What is written.</param>
    /// <param name="isWatched">Whether there can be a terminal; a launcher of ranks passes lines on.</param>
    /// <param name="shown">Where steps are shown; null where nobody looks on.</param>
    private sealed class StepProgress(
        long steps,
        long before,
        OutputFormat format,
        bool isWatched,
        IProgress<WorkProgress.StepsDone>? shown
    ) : IProgress<TrainingProgress>
    {
        /// <summary>From one line to the next: enough to see that a night's work gets on.</summary>
        private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

        private readonly Stopwatch _sinceSaid = Stopwatch.StartNew();
        private string _description = "Training";

        public void Report(TrainingProgress value)
        {
            if (value.Logged is { } line)
            {
                _description = $"Step {line.Step} of {steps}, loss {line.Loss:0.000}, {line.PairsPerSecond:0} pairs/s";
                if (format == OutputFormat.Json)
                {
                    Output.WriteJson(line);
                }
                else if (!isWatched && _sinceSaid.Elapsed > Between)
                {
                    Console.Error.WriteLine($"{_description}.");
                    _sinceSaid.Restart();
                }
            }

            shown?.Report(new(value.Step - before, _description));
        }
    }
}
