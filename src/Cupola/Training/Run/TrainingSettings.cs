using System.Globalization;
using System.Text.Json.Nodes;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Training.Data;
using Cupola.Training.Losses;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Training.Run;

/// <summary>How a model is trained: all that decides what comes out, but for the pairs.</summary>
public sealed record TrainingSettings
{
    /// <summary>The learning rate that small models begin with (arXiv 2103.00020, table 20).</summary>
    internal const double RateFromNothing = 5e-4;

    /// <summary>Thirty times the batch of CLIP (arXiv 2103.00020, table 18).</summary>
    private const int MostPairs = 1 << 20;

    /// <summary>
    /// Pairs of one step. Each is told from all others, so that more teach more; 256 take minutes, not hours, on a laptop.
    /// </summary>
    public int Batch { get; init; } = 256;

    /// <summary>How often every pair is seen (arXiv 2103.00020, table 18).</summary>
    public double Epochs { get; init; } = 32;

    /// <summary>Steps in all, in place of epochs.</summary>
    public long? Steps { get; init; }

    /// <summary>How parameters follow their gradients.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>The loss. The default is SigLIP's where a SigLIP is fine-tuned, and else CLIP's.</summary>
    public LossKind? Loss { get; init; }

    /// <summary>
    /// Whether pairs with equal captions are no negatives of each other. The default is true; the losses as published mask none.
    /// </summary>
    public bool MaskSameLabel { get; init; } = true;

    /// <summary>
    /// Pairs of a group of hard negatives, which the model confuses; batches are put together of such groups. By default batches
    /// are random.
    /// </summary>
    public int? HardNegatives { get; init; }

    /// <summary>
    /// Beginnings of the names of parameters that do not learn: <c>image</c>, <c>text</c>, <c>image.blocks.0</c>. By default all
    /// learn.
    /// </summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>
    /// Whether the batch norms of a residual network use the running statistics they have, in place of those of a run's images.
    /// Only then is a step's gradient that of the whole batch, whatever the runs. The default is true for fine-tuning and false
    /// for a new model.
    /// </summary>
    public bool? FreezeBatchNorm { get; init; }

    /// <summary>What happens to images each time they are seen.</summary>
    public AugmentationSettings Augmentation { get; init; } = new();

    /// <summary>The seed of the first numbers, of the order of the pairs and of their augmentation. The default is 0.</summary>
    public int Seed { get; init; }

    /// <summary>What a step keeps in memory.</summary>
    public MemorySettings Memory { get; init; } = new();

    /// <summary>How often the run logs, saves and evaluates.</summary>
    public RunSettings Run { get; init; } = new();

    /// <summary>The model to fine-tune: a folder, a file or a name on the hub. By default a new one is trained.</summary>
    public string? Init { get; init; }

    /// <summary>The model whose tokenizer a new model takes. By default a tokenizer is made from the captions.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The sizes of a new model.</summary>
    public NewModel Model { get; init; } = new();

    /// <summary>The settings that a run was begun with; nothing where there is no run.</summary>
    /// <param name="run">The folder of the run.</param>
    /// <exception cref="InvalidDataException">What stands there cannot be read.</exception>
    public static TrainingSettings? ReadRun(string run) => RunDescription.Read(run)?.Settings;

    /// <summary>Settings with those otherwise that a JSON file names; comments are allowed there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="logger">Receives a sentence for each setting that the file has under a former name.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">
    /// It is not JSON, names a setting that there is not, or gives one a value of another kind.
    /// </exception>
    public TrainingSettings With(string path, ILogger? logger = null) =>
        TrainingSettingsFile.Merge(this, TrainingSettingsFile.Read(path), path, logger);

    /// <summary>Settings with some of them otherwise.</summary>
    /// <param name="changes">Names and values, as a file of settings has them.</param>
    /// <param name="source">Who says so, for errors.</param>
    /// <exception cref="InvalidDataException">
    /// A name is unknown, or a value is of another kind; the message says which.
    /// </exception>
    internal TrainingSettings With(JsonObject changes, string source) => TrainingSettingsFile.Merge(this, changes, source);

    /// <summary>The learning rate that was chosen, or the default.</summary>
    internal double ChosenRate => Optimizer.LearningRate ?? (Init is null ? RateFromNothing : 3e-5);

    /// <summary>The same with the loss that a run has, that the model to fine-tune was trained by, or CLIP's.</summary>
    /// <param name="run">The folder of the run.</param>
    /// <param name="findModel">Gives the folder or file of a model.</param>
    /// <exception cref="FileNotFoundException">The model to fine-tune is not there.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    internal TrainingSettings WithLoss(string run, Func<string, string> findModel)
    {
        if (Loss is not null)
        {
            return this;
        }

        if (ReadRun(run)?.Loss is { } begun)
        {
            return this with { Loss = begun };
        }

        if (Init is null)
        {
            return this with { Loss = LossKind.InfoNce };
        }

        using Checkpoint checkpoint = Checkpoint.Open(findModel(Init));
        ScoreKind score = ModelFolder.Find(checkpoint.File.FilePath).ReadConfig(checkpoint).Config.Score;
        return this with { Loss = score == ScoreKind.Sigmoid ? LossKind.SigLip : LossKind.InfoNce };
    }

    /// <summary>Whether the loss adds a bias to its logits.</summary>
    internal bool HasBias => Loss == LossKind.SigLip;

    /// <summary>Whether batch norms keep the running statistics they have.</summary>
    internal bool KeepsStatistics => FreezeBatchNorm ?? Init is not null;

    /// <summary>What happens to images each time they are seen.</summary>
    internal ImageAugmentation ImageAugmentation => new(Augmentation.MinimumScale, Augmentation.Flip, Augmentation.ColorJitter);

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ArgumentException">A setting is impossible; the message says which and why.</exception>
    internal TrainingSettings Checked()
    {
        (string Name, bool IsPossible, string Range)[] ranges =
        [
            ("epochs", Epochs > 0 && double.IsFinite(Epochs), "a number above 0"),
            ("steps", Steps is null or (> 0 and <= int.MaxValue), "a whole number from 1 to 2147483647"),
            (
                "learningRate",
                Optimizer.LearningRate is null || (Optimizer.LearningRate > 0 && double.IsFinite(Optimizer.LearningRate.Value)),
                "a number above 0"
            ),
            ("warmUp", Optimizer.WarmUp is null or >= 0, "a number of steps, 0 or more"),
            ("weightDecay", Optimizer.WeightDecay >= 0 && float.IsFinite(Optimizer.WeightDecay), "0 or more"),
            ("beta1", Optimizer.Beta1 is >= 0 and < 1, "a number from 0 to below 1"),
            ("beta2", Optimizer.Beta2 is null or (>= 0 and < 1), "a number from 0 to below 1"),
            ("epsilon", Optimizer.Epsilon is null or (> 0 and < 1), "a number above 0 and below 1"),
            (
                "clipNorm",
                Optimizer.ClipNorm is null || (Optimizer.ClipNorm > 0 && double.IsFinite(Optimizer.ClipNorm.Value)),
                "a number above 0"
            ),
            ("layerDecay", Optimizer.LayerDecay is > 0 and <= 1, "a number above 0 and at most 1"),
            ("emaDecay", Optimizer.EmaDecay is null or (> 0 and < 1), "a number between 0 and 1"),
            (
                "hardNegatives",
                HardNegatives is null || (HardNegatives > 1 && HardNegatives <= Batch),
                "a number of pairs from 2 to those of a batch"
            ),
            ("minimumScale", Augmentation.MinimumScale is > 0 and <= 1, "a share above 0 and at most 1"),
            ("colorJitter", Augmentation.ColorJitter is >= 0 and <= 1, "a number from 0 to 1"),
            ("seed", Seed >= 0, "0 or more"),
            ("microBatchSize", Memory.MicroBatchSize is null or > 0, "a number above 0"),
            ("microBatchTokens", Memory.MicroBatchTokens is null or > 0, "a number above 0"),
            ("activationMegabytes", Memory.ActivationMegabytes is >= 0 and <= 1 << 30, "a number from 0 to 1073741824"),
            ("logEvery", Run.LogEvery > 0, "a number of steps above 0"),
            ("checkpointMinutes", Run.CheckpointMinutes is >= 0 and <= 1e6, "a number of minutes from 0 to 1000000"),
            ("evaluateEvery", Run.EvaluateEvery > 0 && double.IsFinite(Run.EvaluateEvery), "a number of epochs above 0"),
            ("patience", Run.Patience is null or > 0, "a number of evaluations above 0"),
        ];
        foreach ((string name, bool isPossible, string range) in ranges)
        {
            Require(isPossible, name, $"is {range}, and not {TrainingSettingsFile.ValueOf(this, name)}");
        }

        Require(
            Batch > 1,
            "batch",
            string.Create(
                CultureInfo.InvariantCulture,
                $"is {Batch}; each pair is told from the others of its batch, so a contrastive loss needs two at least, and "
                    + $"learns from hundreds"
            )
        );
        Require(Batch <= MostPairs, "batch", Invariant($"is {Batch}; no step has more than {MostPairs} pairs"));
        Require(Frozen.All(static beginning => beginning is not null), "frozen", "is a list of beginnings of names");
        Require(Tokenizer is null || Init is null, "tokenizer", "is for a new model, and 'init' names one, which keeps its own");
        Require(
            Init is null || Model == new NewModel(),
            "model",
            "has the sizes of a new model, and 'init' names one, which keeps its own"
        );
        Require(
            Init is not null || Tokenizer is not null || Model.Vocabulary >= Text.TokenizerTrainer.SmallestVocabulary,
            "model.vocabulary",
            $"is at least {Text.TokenizerTrainer.SmallestVocabulary}: the bytes, the bytes that end a word, start and end"
        );
        Model.Check();
        return this;
    }

    private static void Require(bool isPossible, string name, string why)
    {
        if (!isPossible)
        {
            throw new ArgumentException($"The setting '{name}' {why}.");
        }
    }
}

/// <summary>How parameters follow their gradients: AdamW (arXiv 1711.05101) with a warm-up and half a cosine.</summary>
public sealed record OptimizerSettings
{
    /// <summary>
    /// The largest learning rate. The default is 5e-4 for a new model (arXiv 2103.00020, table 20) and 3e-5 for fine-tuning
    /// (arXiv 2109.01903).
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>
    /// Steps in which the learning rate rises. The default is a tenth of all, and at most 2,000 (arXiv 2103.00020, table 18).
    /// </summary>
    public long? WarmUp { get; init; }

    /// <summary>How strongly matrices are drawn to zero (arXiv 2103.00020, table 18). The default is 0.2.</summary>
    public float WeightDecay { get; init; } = 0.2f;

    /// <summary>The decay of the mean of the gradients (table 18). The default is 0.9.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>
    /// The decay of the mean of their squares. The default is 0.98 for vision transformers and 0.999 for residual networks (table
    /// 18).
    /// </summary>
    public float? Beta2 { get; init; }

    /// <summary>
    /// Keeps AdamW's quotient finite. The default is 1e-6 for vision transformers and 1e-8 for residual networks (table 18).
    /// </summary>
    public float? Epsilon { get; init; }

    /// <summary>The largest norm of all gradients together. By default there is no limit, as in CLIP.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>
    /// Layer-wise decay: a layer's learning rate divided by that of the layer after it (arXiv 2106.08254). The default is 1.
    /// </summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>
    /// The decay of the exponential moving average of the parameters, which then is the model. By default there is none.
    /// </summary>
    public double? EmaDecay { get; init; }
}

/// <summary>What happens to an image each time it is seen (docs/training.md, "Augmentation").</summary>
public sealed record AugmentationSettings
{
    /// <summary>
    /// The least share of an image's area that a random crop shows, as in RandomResizedCrop; 1 shows all of it. The default is
    /// open_clip's 0.9 (transform.py).
    /// </summary>
    public float MinimumScale { get; init; } = 0.9f;

    /// <summary>
    /// Whether every other image is mirrored. The default is false, because captions may say left and right, and images hold
    /// letters.
    /// </summary>
    public bool Flip { get; init; }

    /// <summary>How far brightness, contrast and saturation change, from 0 to 1. The default is 0, which leaves them.</summary>
    public float ColorJitter { get; init; }
}

/// <summary>
/// What a step keeps in memory. These settings change its speed and not its gradient (GradCache, arXiv 2101.06983).
/// </summary>
public sealed record MemorySettings
{
    /// <summary>
    /// Images of one run of the image tower. By default as many as fit the processor's cache, and 32 where batch norms use the
    /// statistics of a run's images.
    /// </summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>Tokens of one run of the text tower. By default as many as fit the processor's cache.</summary>
    public int? MicroBatchTokens { get; init; }

    /// <summary>
    /// The budget of activation checkpointing in megabytes: what forward passes save for the backward pass; beyond it they run
    /// again. The default is 2048.
    /// </summary>
    public long ActivationMegabytes { get; init; } = 2048;
}

/// <summary>How often a run logs, saves and evaluates, and when it stops.</summary>
public sealed record RunSettings
{
    /// <summary>Steps from one line of the log to the next. The default is 20.</summary>
    public int LogEvery { get; init; } = 20;

    /// <summary>Minutes from one checkpoint to the next: as much work as a power cut may cost. The default is 2.</summary>
    public double CheckpointMinutes { get; init; } = 2;

    /// <summary>Epochs from one evaluation to the next. The default is 1.</summary>
    public double EvaluateEvery { get; init; } = 1;

    /// <summary>
    /// Evaluations without a better one until training stops and the best model is kept. By default all steps are made.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>The type that weights are stored in. The default is float32.</summary>
    public WeightsType WeightsType { get; init; }

    /// <summary>The same as an element type.</summary>
    internal ElementType ElementType => WeightsType == WeightsType.Float16 ? ElementType.Float16 : ElementType.Float32;
}
