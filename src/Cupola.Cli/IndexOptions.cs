using System.CommandLine;
using Cupola.Postgres;
using Cupola.Retrieval;

namespace Cupola.Cli;

/// <summary>The options that say which index is meant, and how images get into it.</summary>
internal sealed class IndexOptions
{
    private readonly Option<string> _folder = new("--index")
    {
        Description = "The index's folder. The default is one index a user, in the folder for caches.",
        HelpName = "DIR",
    };

    private readonly Option<string> _store = new("--store")
    {
        Description =
            "A PostgreSQL database with pgvector in place of a folder: postgres://user@host/database; password by PGPASSWORD.",
        HelpName = "ADDRESS",
    };

    private readonly Option<bool> _asStored = new("--no-orient")
    {
        Description = "Embed images as they are stored, and not turned as their EXIF orientation says.",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_store);
        command.Options.Add(_asStored);
    }

    /// <summary>Opens the index.</summary>
    public ImageIndex Open(ParseResult parsed, ClipEmbedder embedder)
    {
        bool orient = !parsed.GetValue(_asStored);
        string? folder = parsed.GetValue(_folder);
        return parsed.GetValue(_store) is not { } store ? ImageIndex.Open(folder ?? ImageIndex.DefaultFolder, embedder, orient)
            : folder is null ? PostgresIndex.Open(store, embedder, orient, StandardStreams.Log)
            : throw new ArgumentException("An index lies in a folder or in a database; leave out --index or --store.");
    }

    /// <summary>Brings an index up to date with a folder, and says which new images are broken.</summary>
    /// <param name="index">The index.</param>
    /// <param name="root">The folder.</param>
    /// <param name="known">Embeddings from files.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IndexUpdate Update(ImageIndex index, string root, EmbeddedFiles? known, CancellationToken cancellationToken)
    {
        using EmbeddingCache cache = EmbeddingCache.Open(EmbeddingCache.DefaultFolder);
        IndexUpdate update = WorkProgress.Unknown("Embedding new images", progress =>
            index.Update(root, cache, known, progress, cancellationToken)
        );
        foreach (string sentence in update.Broken)
        {
            Console.Error.WriteLine(sentence);
        }

        cache.Dispose();
        if (cache.Note is { } note)
        {
            Console.Error.WriteLine(note);
        }

        return update;
    }
}
