using System.CommandLine;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary>The option that says whether embeddings of images are kept for the next run.</summary>
internal sealed class CacheOption
{
    private readonly Option<bool> _noCache = new("--no-cache")
    {
        Description =
            "Embed every image of the dataset anew, and keep no embeddings for the next run (they lie where CUPOLA_CACHE says).",
    };

    public void AddTo(Command command) => command.Options.Add(_noCache);

    /// <summary>What there is after Ctrl-C, in a sentence.</summary>
    public string WhenStopped(ParseResult parsed) =>
        parsed.GetValue(_noCache)
            ? "Stopped; nothing is kept, as --no-cache says."
            : $"Stopped; the embeddings so far are kept in {EmbeddingCache.DefaultFolder}, and the same command goes on from "
                + "there.";

    /// <summary>
    /// Embeds the images that can be read, with progress where a person looks on, and says on standard error of the others why
    /// not.
    /// </summary>
    public EmbeddedDataset Embed(
        ParseResult parsed,
        LabeledDataset dataset,
        ClipEmbedder embedder,
        CancellationToken cancellationToken
    ) => With(parsed, cache =>
        {
            EmbeddedDataset embedded = WorkProgress.Items("Embedding images", dataset.Count, progress =>
                dataset.Embed(embedder, cache, progress, cancellationToken)
            );
            foreach (string failure in embedded.Failed)
            {
                Console.Error.WriteLine(FailureSentence.Write(failure));
            }

            return embedded;
        });

    /// <summary>Runs work with the cache, or with none, and then says what was found in it.</summary>
    public T With<T>(ParseResult parsed, Func<EmbeddingCache?, T> work)
    {
        if (parsed.GetValue(_noCache))
        {
            return work(null);
        }

        using EmbeddingCache cache = EmbeddingCache.Open(EmbeddingCache.DefaultFolder);
        T result = work(cache);
        if (cache.Reused > 0)
        {
            Console.Error.WriteLine(
                $"{cache.Reused} {(cache.Reused == 1 ? "embedding is" : "embeddings are")} from the cache in {cache.Folder}."
            );
        }

        cache.Dispose();
        if (cache.Note is { } note)
        {
            Console.Error.WriteLine(note);
        }

        return result;
    }
}
