using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Data;

/// <summary>The pairs of one step, prepared for the towers.</summary>
/// <param name="Step">The step.</param>
/// <param name="Pairs">The index of each pair in the data. Pairs whose images cannot be read are omitted.</param>
/// <param name="Images">Bytes, [pairs, size, size, 3]; owned by the batch.</param>
/// <param name="Texts">Token ids of each pair's caption, from the start token to the end token.</param>
/// <param name="Labels">The meaning of each pair: equal numbers for pairs of one class, or with equal captions.</param>
/// <param name="Names">The name of each image.</param>
/// <param name="Broken">One sentence for each unreadable image that was not reported before.</param>
/// <param name="Truncated">The number of captions longer than the context.</param>
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
