using System.CommandLine;
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

    private readonly Option<bool> _asStored = new("--no-orient")
    {
        Description = "Embed images as they are stored, and not turned as their EXIF orientation says.",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_asStored);
    }

    /// <summary>Opens the index.</summary>
    public ImageIndex Open(ParseResult parsed, ClipEmbedder embedder) =>
        ImageIndex.Open(parsed.GetValue(_folder) ?? ImageIndex.DefaultFolder, embedder, !parsed.GetValue(_asStored));

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

        return update;
    }
}
