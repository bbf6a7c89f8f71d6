namespace Cupola.Explanation;

/// <summary>What one prompt says about an answer.</summary>
/// <param name="Label">The class that the prompt is about.</param>
/// <param name="Text">The prompt.</param>
/// <param name="Cosine">How well it fits the image.</param>
/// <param name="Margin">
/// How far it alone would move the answer: a prompt of the answer by how far its cosine is above the score of the runner-up, a
/// prompt of another class by how far its
/// cosine is above the answer's score, and then counted against it.
/// </param>
internal sealed record PromptAttribution(string Label, string Text, float Cosine, float Margin);

/// <summary>The prompts that spoke for an answer and those that spoke against it, the strongest first.</summary>
/// <param name="For">Prompts of the answer that fit better than the runner-up does as a whole.</param>
/// <param name="Against">
/// Prompts of the answer that fit worse than that, and prompts of other classes that fit better than the answer does as a whole.
/// </param>
internal sealed record PromptAttributions(IReadOnlyList<PromptAttribution> For, IReadOnlyList<PromptAttribution> Against)
{
    /// <summary>Classes further down have no say in an answer.</summary>
    private const int Rivals = 4;

    /// <summary>Weighs the prompts of an answer and of its nearest rivals.</summary>
    /// <param name="influence">The prompts.</param>
    /// <param name="predictions">All classes for the image, the best first.</param>
    /// <param name="embedding">The image's unit embedding.</param>
    /// <param name="most">How many to name on each side.</param>
    /// <exception cref="ArgumentException">There is one class only, and nothing to argue about.</exception>
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
