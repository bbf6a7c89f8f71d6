using System.Text.Json.Serialization;

namespace Cupola.Training.Run;

/// <summary>What is told of a step of training: a line of log.jsonl.</summary>
/// <param name="Step">Steps that were made, this one included.</param>
/// <param name="Epoch">How often, by then, every pair has been seen.</param>
/// <param name="Loss">Of this step's batch.</param>
/// <param name="LogitScale">The factor on cosines.</param>
/// <param name="LearningRate">Of this step, before layers have their share of it.</param>
/// <param name="PairsPerSecond">Since the last line, or since the run was begun or resumed.</param>
public sealed record LoggedStep(
    long Step,
    double Epoch,
    double Loss,
    double LogitScale,
    double LearningRate,
    double PairsPerSecond
);

/// <summary>What is told of an evaluation during training: a line of evaluations.jsonl.</summary>
/// <param name="Step">Steps that were made.</param>
/// <param name="Epoch">How often, by then, every pair has been seen.</param>
/// <param name="ValidationLoss">The loss on pairs that are not learned from, where there are any.</param>
/// <param name="Top1">The share of labeled images that were recognized, where there are any.</param>
/// <param name="Top1Low">The lower end of Wilson's interval.</param>
/// <param name="Top1High">The upper end.</param>
/// <param name="Images">How many labeled images there are.</param>
public sealed record LoggedEvaluation(
    long Step,
    double Epoch,
    double? ValidationLoss,
    double? Top1,
    double? Top1Low,
    double? Top1High,
    [property: JsonPropertyName("pictures")] int? Images
)
{
    /// <summary>What early stop looks at; lower is better.</summary>
    internal double Penalty => ModelScore.PenaltyOf(ValidationLoss, Top1);
}
