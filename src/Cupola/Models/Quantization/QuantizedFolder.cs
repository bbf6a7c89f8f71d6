using Cupola.Files;

namespace Cupola.Models.Quantization;

/// <summary>
/// Quantized weights that were kept for the next start, a file for each tower of a model by the model's fingerprint. It can fail
/// to help, and never fails: where nothing can be read or written, weights are quantized at every start.
/// </summary>
/// <param name="path">The folder; it is made when something is written.</param>
/// <param name="mostBytes">Beyond, the files that were not used for longest make room.</param>
internal sealed class QuantizedFolder(string path, long mostBytes = QuantizedFolder.MostBytes)
{
    /// <summary>Some forty models of ViT-B's size.</summary>
    private const long MostBytes = 4L << 30;

    private const string Extension = ".int8.safetensors";

    /// <summary>Where they lie unless somebody says otherwise: in <c>int8</c>, beside the embeddings.</summary>
    public static QuantizedFolder Default => new(UserCache.Folder("int8"));

    public string Path => path;

    /// <summary>The weights of a tower, if they are there and whole.</summary>
    public QuantizedWeights? Find(string fingerprint, string tower, IReadOnlyList<LinearProduct> products)
    {
        string file = FileOf(fingerprint, tower);
        if (QuantizedWeightsFile.Read(file, products) is not { } weights)
        {
            return null;
        }

        Attempt(() => File.SetLastWriteTimeUtc(file, DateTime.UtcNow));
        return weights;
    }

    /// <summary>Keeps the weights of a tower, unless another process is writing.</summary>
    public void Add(string fingerprint, string tower, QuantizedWeights weights) =>
        Attempt(() =>
        {
            Directory.CreateDirectory(path);
            using FileStream? held = FileLock.TryOpen(System.IO.Path.Combine(path, "lock"));
            if (held is null)
            {
                return;
            }

            string file = FileOf(fingerprint, tower);
            MakeRoom(weights.Tensors.Values.Sum(static tensor => tensor.ByteCount), file);
            QuantizedWeightsFile.Write(file, weights);
        });

    private string FileOf(string fingerprint, string tower) => System.IO.Path.Combine(path, $"{fingerprint}.{tower}{Extension}");

    private void MakeRoom(long bytes, string except)
    {
        FileInfo[] files =
        [
            .. new DirectoryInfo(path)
                .EnumerateFiles($"*{Extension}")
                .Where(file => file.FullName != System.IO.Path.GetFullPath(except))
                .OrderBy(static file => file.LastWriteTimeUtc),
        ];
        long all = bytes + files.Sum(static file => file.Length);
        foreach (FileInfo file in files.TakeWhile(_ => all > mostBytes))
        {
            all -= file.Length;
            Attempt(file.Delete);
        }
    }

    private static void Attempt(Action work)
    {
        try
        {
            work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Nothing is kept, which only costs the next start its time.
        }
    }
}
