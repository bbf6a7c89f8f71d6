using Cupola.Evaluation;

namespace Cupola.Training.Run;

/// <summary>Who follows a training.</summary>
/// <param name="Stepped">Told after each step, how many were made.</param>
/// <param name="Logged">Told of each step that is logged.</param>
/// <param name="Evaluated">Told of each evaluation.</param>
/// <param name="Broken">Told in one sentence of each image that cannot be read.</param>
/// <param name="Saved">Told after each checkpoint.</param>
public sealed record TrainingObserver(
    Action<long>? Stepped = null,
    Action<LoggedStep>? Logged = null,
    Action<LoggedEvaluation>? Evaluated = null,
    Action<string>? Broken = null,
    Action? Saved = null
);

/// <summary>How good a model is on data that it does not learn from.</summary>
/// <param name="ValidationLoss">The loss on held-out pairs, where there are any.</param>
/// <param name="Top1">How many labelled images it recognises, where there are any.</param>
public sealed record ModelScore(double? ValidationLoss, Accuracy? Top1)
{
    /// <summary>What early stop looks at; lower is better.</summary>
    public double Penalty => PenaltyOf(ValidationLoss, Top1?.Share);

    /// <summary>The penalty of what is known of a model.</summary>
    internal static double PenaltyOf(double? validationLoss, double? top1) => validationLoss ?? (1 - top1!.Value);
}
