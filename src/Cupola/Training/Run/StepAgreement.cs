using Cupola.Collectives;

namespace Cupola.Training.Run;

/// <summary>
/// What all ranks hold true of a step. Processors that add in other orders may find other last bits of a norm, and then their
/// parameters would part; and a rank that stops or saves alone would leave the others waiting.
/// </summary>
/// <param name="Loss">The loss that the first rank found.</param>
/// <param name="GradientNorm">The length of the gradient that the first rank found.</param>
/// <param name="Saves">Whether a checkpoint is due, by the first rank's clock.</param>
/// <param name="Stops">Whether any rank was asked to stop.</param>
internal sealed record StepAgreement(double Loss, double GradientNorm, bool Saves, bool Stops)
{
    /// <summary>Agrees; every rank tells what it knows.</summary>
    public static StepAgreement Reach(ICollective ranks, double loss, double gradientNorm, bool saves, bool stops)
    {
        const int Numbers = 4;
        double[] all = new double[Numbers * ranks.Ranks];
        double[] mine = [loss, gradientNorm, saves ? 1 : 0, stops ? 1 : 0];
        mine.CopyTo(all, Numbers * ranks.Rank);
        ranks.AllGather(all.AsSpan(), [.. Enumerable.Repeat(Numbers, ranks.Ranks)]);
        return new(all[0], all[1], all[2] != 0, all.Chunk(Numbers).Any(static rank => rank[^1] != 0));
    }
}
