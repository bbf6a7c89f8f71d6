namespace Cupola.Evaluation;

/// <summary>Two prompt sets, compared on the same images.</summary>
/// <param name="First">The first set.</param>
/// <param name="Second">The second set.</param>
/// <param name="Test">The paired test of their answers.</param>
internal sealed record PromptComparison(EvaluationResult First, EvaluationResult Second, PairedTest Test);

/// <summary>The evaluation of several prompt sets on one dataset.</summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Sets">The prompt sets, all evaluated on the same images in the same order.</param>
/// <param name="Failed">The images that could not be read, a sentence for each; they are not counted.</param>
internal sealed record DatasetEvaluation(
    string Dataset,
    string Model,
    IReadOnlyList<EvaluationResult> Sets,
    IReadOnlyList<string> Failed
)
{
    /// <summary>The set with the most right answers, except controls; the first of several.</summary>
    public EvaluationResult Best =>
        Sets.Where(static set => set.Candidate.Control is null).DefaultIfEmpty(Sets[0]).MaxBy(static set => set.Top1.Right)!;

    /// <summary>The comparison of every two sets.</summary>
    public IReadOnlyList<PromptComparison> Comparisons { get; } =
    [
        .. Sets.SelectMany(
            (first, index) =>
                Sets.Skip(index + 1)
                    .Select(second => new PromptComparison(first, second, PairedTest.Compute(first.Outcomes, second.Outcomes)))
        ),
    ];
}
