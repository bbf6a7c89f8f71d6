using System.Globalization;
using System.Text.Json.Nodes;
using Cupola.Graphs;
using Cupola.Training.Data;
using Cupola.Training.Losses;
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

    /// <summary>
    /// The largest learning rate; without one, 5e-4 from nothing (arXiv 2103.00020, table 20) and 3e-5 from a model (arXiv
    /// 2109.01903).
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>
    /// Steps in which the learning rate rises; without a number, a tenth of all, and at most 2,000 (arXiv 2103.00020, table 18).
    /// </summary>
    public long? WarmUp { get; init; }

    /// <summary>How strongly matrices are drawn to nothing (arXiv 2103.00020, table 18).</summary>
    public float WeightDecay { get; init; } = 0.2f;

    /// <summary>How slowly the mean of the gradients moves (table 18).</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>
    /// How slowly the mean of their squares moves; without a number, 0.98 for vision transformers and 0.999 for residual networks
    /// (table 18).
    /// </summary>
    public float? Beta2 { get; init; }

    /// <summary>
    /// Keeps AdamW's quotient finite; without a number, 1e-6 for vision transformers and 1e-8 for residual networks (table 18).
    /// </summary>
    public float? Epsilon { get; init; }

    /// <summary>The longest that all gradients together may be; without a number there is no limit, as in CLIP.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>What a layer's learning rate is of that of the layer behind it; 1 lets all learn alike.</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>
    /// Beginnings of the names of parameters that stay as they are: <c>image</c>, <c>text</c>, <c>image.blocks.0</c>.
    /// </summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>
    /// Whether the batch norms of a residual network go by the running statistics they have, in place of those of the images of a
    /// run. Only so is a step's gradient that of the whole batch, whatever
    /// the runs. Without a value they do where a model is fine-tuned, and do not where one begins from nothing.
    /// </summary>
    public bool? FrozenStatistics { get; init; }

    /// <summary>
    /// How slowly the exponential moving average of the parameters moves, which then is the model; without a number there is
    /// none.
    /// </summary>
    public double? Average { get; init; }

    /// <summary>Which loss teaches.</summary>
    public LossKind Loss { get; init; } = LossKind.Labelled;

    /// <summary>
    /// Pairs of a group of hard negatives, which the model confuses: batches are put together of such groups. Without a number
    /// batches are random.
    /// </summary>
    public int? HardNegatives { get; init; }

    /// <summary>
    /// The least share of an image that is seen, a random part each time; nine tenths are open_clip's (transform.py), and 1 shows
    /// all of it.
    /// </summary>
    public float SmallestArea { get; init; } = 0.9f;

    /// <summary>Whether every other image is mirrored; not where captions say left and right, or images hold letters.</summary>
    public bool Flip { get; init; }

    /// <summary>How far brightness, contrast and saturation change; 0 leaves them.</summary>
    public float Colour { get; init; }

    /// <summary>Of the first numbers, of the order of the pairs and of their augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Images of one run of the image tower; without a number, few enough for the processor's cache, and 32 where batch norms go
    /// by the run's own images.
    /// </summary>
    public int? ChunkPairs { get; init; }

    /// <summary>Tokens of one run of the text tower; without a number, few enough for the processor's cache.</summary>
    public int? ChunkTokens { get; init; }

    /// <summary>Memory for what forward passes keep for the backward pass; beyond it they are run again.</summary>
    public long KeptMegabytes { get; init; } = 2048;

    /// <summary>Steps from one line of the log to the next.</summary>
    public int LogEvery { get; init; } = 20;

    /// <summary>Minutes from one checkpoint to the next: as much work as a power cut may cost.</summary>
    public double CheckpointMinutes { get; init; } = 2;

    /// <summary>Epochs from one evaluation to the next.</summary>
    public double EvaluateEvery { get; init; } = 1;

    /// <summary>
    /// Evaluations without a better one until training stops, and the best model is kept; without a number all steps are made.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>How weights are stored in the end: float16 halves the file, and keeps three digits of each.</summary>
    internal ElementType Storage { get; init; } = ElementType.Float32;

    /// <summary>The model to begin with: a folder, a file or a name on the hub; without one, a new one.</summary>
    public string? Init { get; init; }

    /// <summary>The model whose tokenizer a new model takes; without one, a tokenizer is made from the captions.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The sizes of a new model.</summary>
    public NewModel Model { get; init; } = new();

    /// <summary>The settings that a run was begun with; nothing where there is no run.</summary>
    /// <param name="run">The folder of the run.</param>
    /// <exception cref="InvalidDataException">What stands there cannot be read.</exception>
    public static TrainingSettings? OfRun(string run) => RunDescription.Read(run)?.Settings;

    /// <summary>Settings with those otherwise that a JSON file names; comments are allowed there.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">
    /// It is not JSON, names a setting that there is not, or gives one a value of another kind.
    /// </exception>
    public TrainingSettings With(string path) => With(TrainingSettingsFile.Read(path), path);

    /// <summary>Settings with some of them otherwise.</summary>
    /// <param name="changes">Names and values, as a file of settings has them.</param>
    /// <param name="source">Who says so, for errors.</param>
    /// <exception cref="InvalidDataException">
    /// A name is unknown, or a value is of another kind; the message says which.
    /// </exception>
    public TrainingSettings With(JsonObject changes, string source) => TrainingSettingsFile.Merge(this, changes, source);

    /// <summary>The learning rate that was chosen, or the default.</summary>
    internal double ChosenRate => LearningRate ?? (Init is null ? RateFromNothing : 3e-5);

    /// <summary>Whether pairs that say the same thing are no negatives of each other.</summary>
    internal bool IsLabelled => Loss is LossKind.Labelled or LossKind.LabelledSigmoid;

    /// <summary>Whether the loss adds a bias to its logits.</summary>
    internal bool HasBias => Loss is LossKind.LabelledSigmoid or LossKind.Sigmoid;

    /// <summary>Whether batch norms keep the running statistics they have.</summary>
    internal bool KeepsStatistics => FrozenStatistics ?? Init is not null;

    /// <summary>What happens to images each time they are seen.</summary>
    internal ImageAugmentation Augmentation => new(SmallestArea, Flip, Colour);

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
                LearningRate is null || (LearningRate > 0 && double.IsFinite(LearningRate.Value)),
                "a number above 0"
            ),
            ("warmUp", WarmUp is null or >= 0, "a number of steps, 0 or more"),
            ("weightDecay", WeightDecay >= 0 && float.IsFinite(WeightDecay), "0 or more"),
            ("beta1", Beta1 is >= 0 and < 1, "a number from 0 to below 1"),
            ("beta2", Beta2 is null or (>= 0 and < 1), "a number from 0 to below 1"),
            ("epsilon", Epsilon is null or (> 0 and < 1), "a number above 0 and below 1"),
            ("clipNorm", ClipNorm is null || (ClipNorm > 0 && double.IsFinite(ClipNorm.Value)), "a number above 0"),
            ("layerDecay", LayerDecay is > 0 and <= 1, "a number above 0 and at most 1"),
            ("average", Average is null or (> 0 and < 1), "a number between 0 and 1"),
            (
                "hardNegatives",
                HardNegatives is null || (HardNegatives > 1 && HardNegatives <= Batch),
                "a number of pairs from 2 to those of a batch"
            ),
            ("smallestArea", SmallestArea is > 0 and <= 1, "a share above 0 and at most 1"),
            ("colour", Colour is >= 0 and <= 1, "a number from 0 to 1"),
            ("seed", Seed >= 0, "0 or more"),
            ("chunkPairs", ChunkPairs is null or > 0, "a number above 0"),
            ("chunkTokens", ChunkTokens is null or > 0, "a number above 0"),
            ("keptMegabytes", KeptMegabytes is >= 0 and <= 1 << 30, "a number from 0 to 1073741824"),
            ("logEvery", LogEvery > 0, "a number of steps above 0"),
            ("checkpointMinutes", CheckpointMinutes is >= 0 and <= 1e6, "a number of minutes from 0 to 1000000"),
            ("evaluateEvery", EvaluateEvery > 0 && double.IsFinite(EvaluateEvery), "a number of epochs above 0"),
            ("patience", Patience is null or > 0, "a number of evaluations above 0"),
            ("storage", Storage is ElementType.Float32 or ElementType.Float16, SettingKinds.Storage),
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
