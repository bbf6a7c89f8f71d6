using Cupola.Files;

namespace Cupola.ZeroShot;

/// <summary>
/// A prompt set after the text tower: encoded once, then used to create classifiers of any ensemble and weights, or to attribute
/// answers to prompts. It is thread-safe until the model that encoded it is disposed.
/// </summary>
internal sealed class EncodedPrompts
{
    private EncodedPrompts(ClipEmbedder embedder, PromptSet prompts, PromptFeatures features)
    {
        Embedder = embedder;
        Prompts = prompts;
        Features = features;
    }

    /// <summary>The prompts of each class.</summary>
    public PromptSet Prompts { get; }

    /// <summary>The unit embedding of each prompt, class by class: [prompts, dimension].</summary>
    public EmbeddingMatrix Embeddings => Features.Embeddings;

    /// <summary>The model that encoded them.</summary>
    internal ClipEmbedder Embedder { get; }

    /// <summary>The outputs of the text tower.</summary>
    internal PromptFeatures Features { get; }

    /// <summary>The factor on cosines.</summary>
    internal float Scale => MathF.Exp(Embedder.LogitScale);

    /// <summary>Encodes the prompts of all classes.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="prompts">The prompts of each class.</param>
    /// <param name="progress">Receives the number of further encoded prompts.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="ArgumentException">There are no classes, or a class has no prompts.</exception>
    public static EncodedPrompts Encode(
        ClipEmbedder embedder,
        PromptSet prompts,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.ClassNames.Count == 0)
        {
            throw new ArgumentException("There are no classes to tell apart.");
        }

        if (prompts.ClassNames.FirstOrDefault(name => prompts[name].Length == 0) is { } empty)
        {
            throw new ArgumentException($"The class {TextFile.Quote(empty)} has no prompts.");
        }

        string[] texts =
        [
            .. prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()).Select(static prompt => prompt.Text),
        ];
        int[] counts = [.. prompts.ClassNames.Select(name => prompts[name].Length)];
        return new(
            embedder,
            prompts,
            new(embedder.EncodeTexts(texts, fixedRuns: false, progress, cancellationToken), counts, embedder.Model.Text)
        );
    }
}
