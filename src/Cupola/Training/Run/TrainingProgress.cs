using Cupola.Evaluation;

namespace Cupola.Training.Run;

/// <summary>How far a training is: reported after each step, each evaluation and each checkpoint.</summary>
/// <param name="Step">Steps that were made.</param>
/// <param name="Logged">The step's line of the log, if it was logged.</param>
/// <param name="Evaluated">The evaluation, if there was one.</param>
/// <param name="IsSaved">Whether a checkpoint was written.</param>
public sealed record TrainingProgress(
    long Step,
    LoggedStep? Logged = null,
    LoggedEvaluation? Evaluated = null,
    bool IsSaved = false
);

/// <summary>How good a model is on data that it does not learn from.</summary>
/// <param name="ValidationLoss">The loss on held-out pairs, where there are any.</param>
/// <param name="Top1">How many labeled images it recognizes, where there are any.</param>
public sealed record ModelScore(double? ValidationLoss, Accuracy? Top1)
{
    /// <summary>What early stop looks at; lower is better.</summary>
    public double Penalty => PenaltyOf(ValidationLoss, Top1?.Share);

    /// <summary>The penalty of what is known of a model.</summary>
    internal static double PenaltyOf(double? validationLoss, double? top1) => validationLoss ?? (1 - top1!.Value);
}
