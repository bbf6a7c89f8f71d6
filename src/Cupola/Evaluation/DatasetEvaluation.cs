namespace Cupola.Evaluation;

/// <summary>Two prompt sets, compared on the same images.</summary>
/// <param name="First">The one.</param>
/// <param name="Second">The other.</param>
/// <param name="Test">Which of them was right where they differ.</param>
internal sealed record PromptComparison(EvaluationResult First, EvaluationResult Second, PairedTest Test);

/// <summary>What came of judging prompt sets side by side.</summary>
/// <param name="Dataset">What the images are called together.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Sets">The prompt sets, all judged on the same images in the same order.</param>
/// <param name="Failed">The images that could not be read, each as a sentence; they count nowhere.</param>
internal sealed record DatasetEvaluation(
    string Dataset,
    string Model,
    IReadOnlyList<EvaluationResult> Sets,
    IReadOnlyList<string> Failed
)
{
    /// <summary>The set with the most right answers that is no control; the first of several.</summary>
    public EvaluationResult Best =>
        Sets.Where(static set => set.Candidate.Control is null).DefaultIfEmpty(Sets[0]).MaxBy(static set => set.Top1.Right)!;

    /// <summary>Each two sets.</summary>
    public IReadOnlyList<PromptComparison> Comparisons { get; } =
    [
        .. Sets.SelectMany(
            (first, index) =>
                Sets.Skip(index + 1)
                    .Select(second => new PromptComparison(first, second, PairedTest.Compute(first.Outcomes, second.Outcomes)))
        ),
    ];
}
