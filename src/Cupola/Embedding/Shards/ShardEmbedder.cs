using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Embedding.Shards;

/// <summary>Embeds shards, each into its output.</summary>
/// <param name="embedder">The model; it stays the caller's.</param>
/// <param name="folder">Where outputs are written.</param>
/// <param name="fetch">Whether http and https addresses in tables and lists are downloaded.</param>
/// <param name="logger">Receives a sentence for each input that cannot be used.</param>
internal sealed class ShardEmbedder(ClipEmbedder embedder, ShardFolder folder, bool fetch, ILogger logger)
{
    /// <summary>Texts of one prompt tree or several: many enough to share beginnings, few enough to report progress.</summary>
    private const int TextsTogether = 2048;

    private readonly bool _orient = folder.Settings.Origin.IsOriented == true;

    /// <summary>Embeds a shard and writes its output, or nothing of it.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="progress">
    /// Told how many more inputs are done; first, with a negative number, how many there are. Null saves counting them.
    /// </param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ShardException">The shard cannot be read, or changed while it was.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public ShardManifest Embed(Shard shard, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        List<string> failures = [];
        long failed = 0;
        SentenceLogger noted = new(sentence =>
        {
            failed++;
            logger.Warn(sentence);
            if (failures.Count < ShardManifest.MostFailures)
            {
                failures.Add(sentence);
            }
        });
        ShardSource source = Reading(shard, () => ShardSource.Read(shard.Path, cancellationToken));
        if (progress is not null)
        {
            ShardInputs counted = new(shard, fetch, new SentenceLogger(static _ => { }));
            progress.Report(
                -Reading(shard, () =>
                    folder.Settings.Content == ShardContent.Images ? counted.Images().Count() : counted.Texts().Count()
                )
            );
        }

        using ShardOutput output = new(folder, shard);
        foreach ((string name, float[]? vector, string? error) in Embedded(shard, noted, cancellationToken))
        {
            progress?.Report(1);
            if (vector is not null)
            {
                output.Add(name, vector);
            }
            else
            {
                noted.Warn(error!);
            }
        }

        if (!source.IsUntouched(shard.Path))
        {
            throw new ShardException($"{shard.Path} changed while it was read, and has no output; give the command again.");
        }

        return output.Finish(
            (array, names) =>
                new()
                {
                    Settings = folder.Settings,
                    Shard = shard.Path,
                    Source = source,
                    Count = output.Count,
                    Failed = failed,
                    Failures = failures,
                    Array = array,
                    Names = names,
                    Device = embedder.Engine.Device,
                }
        );
    }

    /// <summary>Each input with its embedding, or with the reason why it has none.</summary>
    private IEnumerable<(string Name, float[]? Vector, string? Error)> Embedded(
        Shard shard,
        ILogger noted,
        CancellationToken cancellationToken
    )
    {
        ShardInputs inputs = new(shard, fetch, noted);
        if (folder.Settings.Content == ShardContent.Images)
        {
            IEnumerable<ImageSource> images = Checked(shard, inputs.Images);
            foreach (EmbeddedImage image in embedder.EmbedImagesInFixedRuns(images, _orient, cancellationToken))
            {
                yield return (image.Path, image.Vector, image.Error);
            }

            yield break;
        }

        foreach (string[] texts in Checked(shard, inputs.Texts).Chunk(TextsTogether))
        {
            EmbeddingMatrix embeddings = embedder.EmbedTextsInFixedRuns(texts, cancellationToken);
            for (int index = 0; index < texts.Length; index++)
            {
                yield return (texts[index], embeddings[index].ToArray(), null);
            }
        }
    }

    /// <summary>What a shard holds, with failures to read it told apart from failures to write its output.</summary>
    private static IEnumerable<T> Checked<T>(Shard shard, Func<IEnumerable<T>> read)
    {
        using IEnumerator<T> inputs = Reading(shard, () => read().GetEnumerator());
        while (Reading(shard, inputs.MoveNext))
        {
            yield return inputs.Current;
        }
    }

    private static T Reading<T>(Shard shard, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem)
            when (problem is IOException or InvalidDataException or UnauthorizedAccessException && problem is not ShardException)
        {
            throw new ShardException(
                problem is FileNotFoundException or DirectoryNotFoundException
                    ? $"There is no shard {shard.Path}."
                    : problem.Message,
                problem
            );
        }
    }
}

/// <summary>A shard cannot be read; others can.</summary>
internal sealed class ShardException : IOException
{
    public ShardException(string message)
        : base(message) { }

    public ShardException(string message, Exception cause)
        : base(message, cause) { }
}
