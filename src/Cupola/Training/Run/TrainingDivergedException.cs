using System.Globalization;
using static System.FormattableString;

namespace Cupola.Training.Run;

/// <summary>The loss, a gradient or a parameter became infinite or not a number; the last checkpoint is whole.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>How many of the batch's images a sentence names.</summary>
    private const int Named = 3;

    internal TrainingDivergedException(string what, IReadOnlyList<string> images) => (What, Images) = (what, images);

    /// <summary>What is no finite number: "the loss", "a gradient" or "a parameter".</summary>
    public string What { get; }

    /// <summary>The images of the batch on which that happened.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>The step at which it happened.</summary>
    public required long Step { get; init; }

    /// <summary>The file that lists the images of the batch.</summary>
    public required string FailedBatch { get; init; }

    /// <summary>The highest learning rate of the run.</summary>
    public required double LearningRate { get; init; }

    /// <summary>A learning rate that is worth a try.</summary>
    public required double SuggestedLearningRate { get; init; }

    /// <summary>The folder of the run.</summary>
    public required string Run { get; init; }

    /// <summary>The step of the last checkpoint.</summary>
    public required long CheckpointStep { get; init; }

    /// <inheritdoc/>
    public override string Message =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Finding}: begin again with {SuggestedLearningRate} or a limit (\"clipNorm\": 1); {Run} keeps the checkpoint of "
                + $"step {CheckpointStep}."
        );

    /// <summary>What happened and why, without the way out.</summary>
    internal string Finding
    {
        get
        {
            string rest = Images.Count > Named ? Invariant($" and {Images.Count - Named} more") : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Training went astray at step {Step}: {What} is no finite number, on {string.Join(", ", Images.Take(Named))}"
                    + $"{rest} (listed in {FailedBatch}). The learning rate {LearningRate} is likely too high"
            );
        }
    }
}
