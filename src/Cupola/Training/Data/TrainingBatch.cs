using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Data;

/// <summary>The pairs of one step, ready for the towers.</summary>
/// <param name="Step">Which step they are for.</param>
/// <param name="Pairs">Where each stands in the data. Pairs whose images cannot be read are not among them.</param>
/// <param name="Images">Bytes, [pairs, size, size, 3]; the batch's own.</param>
/// <param name="Texts">Token ids of each pair's caption, from the start token to the end token.</param>
/// <param name="Labels">What each pair says: equal numbers stand for pairs of one class, or with equal captions.</param>
/// <param name="Names">What people call each image.</param>
/// <param name="Broken">Of each image that could not be read and was not told of before, one sentence.</param>
/// <param name="Truncated">How many captions were longer than the context.</param>
internal sealed record TrainingBatch(
    long Step,
    IReadOnlyList<int> Pairs,
    Tensor Images,
    IReadOnlyList<int[]> Texts,
    IReadOnlyList<int> Labels,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Broken,
    int Truncated
) : IDisposable
{
    public void Dispose() => Images.Dispose();
}
