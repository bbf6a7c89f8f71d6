using Cupola.Embedding;

namespace Cupola.Cli;

/// <summary>The pictures of a dataset, each with the position of its class among the labels.</summary>
internal sealed class JudgedPictures
{
    private readonly IReadOnlyList<(string Path, int Truth)> _pictures;

    private JudgedPictures(IReadOnlyList<string> labels, IReadOnlyList<(string, int)> pictures) => (Labels, _pictures) = (labels, pictures);

    /// <summary>What there is to choose from.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Reads which pictures there are.</summary>
    /// <param name="folder">A folder of folders, one a label.</param>
    /// <param name="labels">The labels, where the command line says them; the folders' names otherwise.</param>
    public static JudgedPictures Open(string folder, IReadOnlyList<string>? labels)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        }

        string[] classes = [.. Directory.EnumerateDirectories(folder).Select(static each => Path.GetFileName(each)).Order(StringComparer.Ordinal)];
        if (classes.Length == 0)
        {
            throw new InvalidDataException($"{folder} has no folders in it; a dataset has a folder of pictures for each label, named as the label.");
        }

        Dictionary<string, int> positions = ClassPositions.Of(classes, labels, folder);
        return new(labels ?? classes, [.. classes.SelectMany(name => PictureArguments.Expand([Path.Combine(folder, name)]).Select(path => (path, positions[name])))]);
    }

    /// <summary>Embeds the pictures that can be read, and says of the others why not.</summary>
    public (EmbeddingMatrix Embeddings, IReadOnlyList<int> Truths, IReadOnlyList<string> Names, IReadOnlyList<string> Failed) Embed(ClipEmbedder embedder, CancellationToken cancellation)
    {
        List<float> values = [];
        List<int> truths = [];
        List<string> names = [], failed = [];
        WorkProgress.Items("Embedding pictures", _pictures.Count, progress =>
        {
            foreach ((EmbeddedPicture embedded, (string path, int truth)) in embedder.EmbedPictures(_pictures.Select(static picture => picture.Path), orient: false, cancellation).Zip(_pictures))
            {
                progress?.Invoke(1);
                if (embedded.Embedding is null)
                {
                    failed.Add(embedded.Error!);
                    continue;
                }

                values.AddRange(embedded.Embedding);
                truths.Add(truth);
                names.Add(path);
            }

            return truths.Count;
        });
        return (new EmbeddingMatrix([.. values], truths.Count, embedder.Config.EmbeddingDimension), truths, names, failed);
    }
}
