namespace Cupola.ZeroShot;

/// <summary>Which classifier is wanted.</summary>
internal sealed record ClassifierRequest
{
    /// <summary>A label is in an image where that is likelier than not.</summary>
    private const float EvenChance = 0.5f;

    /// <summary>What is said about each label; null where a saved classifier says it all.</summary>
    public required PromptSet? Prompts { get; init; }

    /// <summary>The file of a saved classifier; null makes a new one.</summary>
    public string? Saved { get; init; }

    /// <summary>
    /// What is said of images without each label, where any number of labels may be in an image; null for one label.
    /// </summary>
    public PromptSet? Negations { get; init; }

    /// <summary>How a label's prompts become one score.</summary>
    public ClassEnsemble Ensemble { get; init; }

    /// <summary>How much the prompts of a label count beside each other.</summary>
    public PromptWeighting Weighting { get; init; }

    /// <summary>The probability below which a label is no answer; null takes what is usual.</summary>
    public float? Threshold { get; init; }

    /// <summary>Whether it is made with images of the kind that is classified.</summary>
    public bool LearnsFromImages => Weighting != PromptWeighting.Even;

    /// <summary>How many prompts are to be encoded.</summary>
    public int PromptCount => Prompts!.PromptCount + (Negations?.PromptCount ?? 0);

    /// <summary>Makes the classifier from prompts; one that was saved is read by who knows its kinds.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="images">Images of the kind that is classified; null where it is made without.</param>
    /// <param name="progress">Told how many more prompts are encoded.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public ImageClassifier Create(
        ClipEmbedder embedder,
        EmbeddingMatrix? images,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        EncodedPrompts encoded = EncodedPrompts.Encode(embedder, Prompts!, progress, cancellationToken);
        if (Negations is not null)
        {
            EncodedPrompts? absent = embedder.Score.IsIndependent
                ? null
                : EncodedPrompts.Encode(embedder, Negations, progress, cancellationToken);
            return new MultiLabelAnswers(MultiLabelClassifier.Create(encoded, absent, Ensemble), Threshold ?? EvenChance);
        }

        PromptWeights? weights = images is null ? null : PromptWeights.Create(Weighting, encoded, images);
        return new SingleLabelAnswers(ZeroShotClassifier.Create(encoded, Ensemble, weights), Threshold)
        {
            Encoded = encoded,
            Weights = weights,
        };
    }
}
