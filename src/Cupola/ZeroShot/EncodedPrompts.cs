using Cupola.Files;
using Cupola.Models;

namespace Cupola.ZeroShot;

/// <summary>
/// A prompt set after the text tower: encoded once, then used to create classifiers of any ensemble and weights, or to attribute
/// answers to prompts. It is thread-safe until the model that encoded it is disposed.
/// </summary>
internal sealed class EncodedPrompts
{
    private EncodedPrompts(ClipEmbedder embedder, PromptSet prompts, TextFeatures features)
    {
        Embedder = embedder;
        Prompts = prompts;
        Features = new(features, [.. prompts.ClassNames.Select(name => prompts[name].Length)], embedder.Model.Text);
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
        return new(embedder, prompts, embedder.EncodeTexts(TextsOf(prompts), fixedRuns: false, progress, cancellationToken));
    }

    /// <summary>Encodes several sets together, and a text that is in several of them once.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="sets">The sets; each has classes, and each class prompts.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <returns>One after the other: what they have in common is copied for each.</returns>
    public static IEnumerable<EncodedPrompts> EncodeTogether(
        ClipEmbedder embedder,
        IReadOnlyList<PromptSet> sets,
        CancellationToken cancellationToken
    )
    {
        string[] texts = [.. sets.SelectMany(TextsOf).Distinct(StringComparer.Ordinal)];
        Dictionary<string, int> rows = texts.Index().ToDictionary(static text => text.Item, static text => text.Index);
        TextFeatures all = embedder.EncodeTexts(texts, fixedRuns: false, progress: null, cancellationToken);
        return sets.Select(set => new EncodedPrompts(
            embedder,
            set,
            all.Take(texts.Length, [.. TextsOf(set).Select(text => rows[text])])
        ));
    }

    private static string[] TextsOf(PromptSet prompts)
    {
        if (prompts.ClassNames.Count == 0)
        {
            throw new ArgumentException("There are no classes to tell apart.");
        }

        if (prompts.ClassNames.FirstOrDefault(name => prompts[name].Length == 0) is { } empty)
        {
            throw new ArgumentException($"The class {TextFile.Quote(empty)} has no prompts.");
        }

        return [.. prompts.ClassNames.SelectMany(name => prompts[name].AsEnumerable()).Select(static prompt => prompt.Text)];
    }
}
