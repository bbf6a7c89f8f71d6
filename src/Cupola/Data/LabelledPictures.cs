namespace Cupola.Data;

/// <summary>
/// A labelled dataset: pictures with their class names, read while they are asked for. It may be read several times, and always comes in the
/// same order.
/// </summary>
public abstract class LabelledPictures
{
    private readonly Lazy<IReadOnlyList<string>> _labels;

    private protected LabelledPictures(string path)
    {
        Path = path;
        _labels = new(FindLabels);
    }

    /// <summary>What was opened, as it was named.</summary>
    public string Path { get; }

    /// <summary>The dataset's own labels, each once: a folder's in ordinal order.</summary>
    /// <exception cref="IOException">The dataset cannot be read.</exception>
    public IReadOnlyList<string> Labels => _labels.Value;

    /// <summary>Opens a dataset: a folder of class folders.</summary>
    /// <param name="path">The folder. Each folder in it is a class, named as the folder is; all pictures below it belong to it.</param>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="InvalidDataException">It holds no labelled pictures.</exception>
    public static LabelledPictures Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path) ? new ClassFolders(path)
            : File.Exists(path) ? throw new InvalidDataException($"{path} is no dataset: name a folder that holds a folder of pictures for each label.")
            : throw new FileNotFoundException($"There is no dataset {path}.", path);
    }

    /// <summary>Reads the dataset from its beginning; pictures themselves are read by whoever asks for their bytes.</summary>
    /// <param name="broken">Told in one sentence of each thing that had to be passed over.</param>
    public abstract IEnumerable<LabelledPicture> Read(Action<string>? broken = null);

    private protected abstract IReadOnlyList<string> FindLabels();
}
