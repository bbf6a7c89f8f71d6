namespace Cupola.Explanation;

/// <summary>The attribution of an answer to one prompt.</summary>
/// <param name="Label">The class that the prompt is about.</param>
/// <param name="Text">The prompt.</param>
/// <param name="Cosine">How well it fits the image.</param>
/// <param name="Margin">
/// How far it alone would move the answer: for a prompt of the answer, its cosine minus the score of the runner-up; for a prompt
/// of another class, its cosine minus the answer's score, which counts against the answer.
/// </param>
internal sealed record PromptAttribution(string Label, string Text, float Cosine, float Margin);

/// <summary>The prompts for an answer and those against it, the strongest first.</summary>
/// <param name="For">Prompts of the answer that fit better than the runner-up's score.</param>
/// <param name="Against">
/// Prompts of the answer that fit worse than that, and prompts of other classes that fit better than the answer's score.
/// </param>
internal sealed record PromptAttributions(IReadOnlyList<PromptAttribution> For, IReadOnlyList<PromptAttribution> Against)
{
    /// <summary>The number of rivals considered; classes further down do not affect an answer.</summary>
    private const int Rivals = 4;

    /// <summary>Compares the prompts of an answer with those of its nearest rivals.</summary>
    /// <param name="influence">The prompts.</param>
    /// <param name="predictions">All classes for the image, the best first.</param>
    /// <param name="embedding">The image's unit embedding.</param>
    /// <param name="most">The most prompts on each side.</param>
    /// <exception cref="ArgumentException">There is only one class.</exception>
    public static PromptAttributions Compute(
        PromptInfluence influence,
        IReadOnlyList<Prediction> predictions,
        ReadOnlySpan<float> embedding,
        int most
    )
    {
        ArgumentNullException.ThrowIfNull(influence);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count < 2)
        {
            throw new ArgumentException(
                "An answer is explained by what it was chosen from; name at least two labels.",
                nameof(predictions)
            );
        }

        List<PromptAttribution> arguments = [];
        foreach ((int rank, Prediction prediction) in predictions.Take(1 + Rivals).Index())
        {
            float other = predictions[rank == 0 ? 1 : 0].Score;
            foreach (PromptContribution contribution in influence.Explain(prediction.Label, embedding))
            {
                float above = contribution.Cosine - other;
                if (rank == 0 || above > 0)
                {
                    arguments.Add(
                        new(prediction.Label, contribution.Prompt.Text, contribution.Cosine, rank == 0 ? above : -above)
                    );
                }
            }
        }

        return new(
            [
                .. arguments
                    .Where(static argument => argument.Margin > 0)
                    .OrderByDescending(static argument => argument.Margin)
                    .Take(most),
            ],
            [.. arguments.Where(static argument => argument.Margin <= 0).OrderBy(static argument => argument.Margin).Take(most)]
        );
    }
}
