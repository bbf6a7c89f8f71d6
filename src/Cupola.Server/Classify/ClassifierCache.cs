using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Cupola.ZeroShot;

namespace Cupola.Server.Classify;

/// <summary>Classifiers made from prompts; those of the last requests are kept, so that their prompts are encoded once.</summary>
internal sealed class ClassifierCache(ClipEmbedder embedder, EmbeddingQueue queue, ServiceLimits limits)
{
    private const int Kept = 32;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Key, ImageClassifier Classifier)> _kept = [];

    /// <summary>The classifier of a prompt set.</summary>
    /// <param name="prompts">What is said of each label.</param>
    /// <param name="multiLabel">Whether any number of labels may be in an image.</param>
    /// <param name="threshold">The probability below which a label is no answer.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<ImageClassifier> FindAsync(
        PromptSet prompts,
        bool multiLabel,
        float? threshold,
        CancellationToken cancellationToken
    )
    {
        string key = FormattableString.Invariant($"{prompts.Hash} {multiLabel} {threshold}");
        lock (_gate)
        {
            if (_kept.FirstOrDefault(kept => kept.Key == key) is { Classifier: not null } known)
            {
                _kept.Remove(known);
                _kept.AddFirst(known);
                return known.Classifier;
            }
        }

        ClassifierRequest request = new()
        {
            Prompts = prompts,
            Negations = multiLabel ? PromptSet.FromTemplates(prompts.ClassNames, PromptTemplates.Negations) : null,
            Threshold = threshold,
        };
        ImageClassifier made;
        try
        {
            made = await queue.RunAsync(
                () => request.Create(embedder, images: null, progress: null, cancellationToken),
                Math.Min(request.PromptCount, limits.Waiting / 4),
                cancellationToken
            );
        }
        catch (ArgumentException problem)
        {
            throw RequestException.Bad(problem.Message, "prompts");
        }

        lock (_gate)
        {
            _kept.AddFirst((key, made));
            if (_kept.Count > Kept)
            {
                _kept.RemoveLast();
            }
        }

        return made;
    }
}
