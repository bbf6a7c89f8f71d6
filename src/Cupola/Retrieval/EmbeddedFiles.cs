using System.Globalization;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Embedding;
using Cupola.Embedding.Shards;
using Cupola.Files;

namespace Cupola.Retrieval;

/// <summary>
/// Embeddings of images that <c>cupola embed images</c> wrote: NumPy arrays with names and model beside them, safetensors, and
/// JSON lines. An index takes them in place of embedding again, if they are its own model's.
/// </summary>
internal sealed class EmbeddedFiles
{
    /// <summary>How far from 1 the length of a unit vector may be.</summary>
    private const float Rounding = 1e-2f;

    /// <summary>A vector of 4,096 numbers takes 60,000 letters, and a path 4,096.</summary>
    private const int LongestLine = 1 << 20;

    private static readonly JsonRules Rules = new()
    {
        MaximumBytes = 1 << 30,
        TooLarge = "cannot be read: it has more than a gigabyte",
    };

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, Half[]> _byContent = [];
    private readonly Dictionary<string, (Half[] Vector, DateTime Written)> _byPath = new(StringComparer.Ordinal);
    private readonly EmbeddingOrigin _origin;
    private readonly int _dimension;

    private EmbeddedFiles(EmbeddingOrigin origin, int dimension) => (_origin, _dimension) = (origin, dimension);

    /// <summary>How many images have an embedding.</summary>
    public int Count => _paths.Count;

    /// <summary>How many of them were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>The folders of the images that are still there, and others, without those that lie below one of them.</summary>
    /// <param name="others">Full paths.</param>
    public IReadOnlyList<string> Folders(IEnumerable<string> others)
    {
        HashSet<string> all =
        [
            .. others,
            .. _paths.Select(Path.GetDirectoryName).OfType<string>().Distinct().Where(Directory.Exists),
        ];
        return [.. all.Where(folder => !Above(folder).Any(all.Contains)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads a file of embeddings, or all that lie directly in a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="index">Whose model must have made them.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or the folder has none.</exception>
    /// <exception cref="InvalidDataException">They are another model's, or cannot be read.</exception>
    public static EmbeddedFiles Read(string path, ImageIndex index)
    {
        string[] files =
            !Directory.Exists(path) ? [path]
            : ShardFolder.IsOne(path) ? [.. ShardFolder.Open(path).Outputs]
            : [.. Directory.EnumerateFiles(path).Where(IsKnown).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new FileNotFoundException(
                $"There are no embeddings (.npy, .safetensors, .jsonl) in {path}; 'cupola embed images' writes some."
            );
        }

        EmbeddedFiles embedded = new(new(index.Embedder.Fingerprint, index.IsOriented), index.Embedder.Config.EmbeddingDimension);
        foreach (string file in files)
        {
            embedded.Add(file);
        }

        return embedded;
    }

    /// <summary>
    /// The embedding of an image's file: that of its content, whatever its name was. Of an output that does not say which
    /// contents it was made of, that of its name, unless the file was written after it.
    /// </summary>
    /// <param name="file">The file, which was read.</param>
    public float[]? Find(KnownFile file)
    {
        if (!_byContent.TryGetValue(new(file.Hash!), out Half[]? vector))
        {
            if (
                !_byPath.TryGetValue(file.Path, out (Half[] Vector, DateTime Written) found)
                || file.Changed > found.Written.Ticks
            )
            {
                return null;
            }

            vector = found.Vector;
        }

        Taken++;
        return [.. vector.Select(static number => (float)number)];
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (string? above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            yield return above;
        }
    }

    private static bool IsKnown(string file) => Path.GetExtension(file) is ".npy" or ".safetensors" or ".jsonl";

    private void Add(string file)
    {
        DateTime written = File.GetLastWriteTimeUtc(file);
        IEnumerable<(string Name, float[] Vector, ContentHash? Content)> rows = Path.GetExtension(file) switch
        {
            ".npy" => Numpy(file),
            ".safetensors" => Safetensors(file),
            ".jsonl" => Lines(file),
            _ => throw new InvalidDataException($"{file} is not a .npy, .safetensors or .jsonl file of embeddings."),
        };
        foreach ((string name, float[] vector, ContentHash? content) in rows)
        {
            if (vector.Length != _dimension)
            {
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{file} has embeddings of {vector.Length} numbers, and the model makes {_dimension}."
                    )
                );
            }

            if (!(MathF.Abs(TensorPrimitives.Norm<float>(vector) - 1) <= Rounding))
            {
                throw new InvalidDataException($"{file} has an embedding of {name} that is no unit vector.");
            }

            string path = Path.GetFullPath(name);
            Half[] halves = [.. vector.Select(static number => (Half)number)];
            _paths.Add(path);
            if (content is { } known)
            {
                _byContent[known] = halves;
            }
            else
            {
                _byPath[path] = (halves, written);
            }
        }
    }

    private IEnumerable<(string, float[], ContentHash?)> Numpy(string file)
    {
        string names = Path.ChangeExtension(file, ".txt"),
            origin = Path.ChangeExtension(file, ".json");
        Check(file, File.Exists(origin) ? EmbeddingOrigin.Read(BoundedJson.Read(origin, Rules)) : null);
        string?[] paths = File.Exists(names) ? [.. TextLines.Read(names, LongestLine)] : [];
        string?[] contents = Contents(file);
        int row = 0;
        foreach (float[] vector in NumpyFile.ReadRows(file))
        {
            yield return row < paths.Length && paths[row] is { } path
                ? (path, vector, ContentOf(contents, row, path))
                : throw new InvalidDataException($"{names} has not a name for each embedding of {file}.");
            row++;
        }
    }

    private IEnumerable<(string, float[], ContentHash?)> Safetensors(string file)
    {
        using SafetensorsFile tensors = new(file);
        Check(file, tensors.Metadata.TryGetValue("origin", out string? origin) ? EmbeddingOrigin.Read(Json(origin, file)) : null);
        string[] names = [];
        if (
            tensors.Metadata.TryGetValue("names", out string? list)
            && Json(list, file) is { ValueKind: JsonValueKind.Array } array
        )
        {
            names = [.. array.EnumerateArray().Select(static name => name.ToString())];
        }

        if (
            !tensors.Tensors.TryGetValue("embeddings", out StoredTensor? stored)
            || stored.Shape.Count != 2
            || stored.Shape[0] != names.Length
        )
        {
            throw new InvalidDataException($"{file} has not an embedding and a name for each image.");
        }

        float[] values = new float[stored.ElementCount];
        stored.CopyTo(values);
        int dimension = (int)stored.Shape[1];
        string?[] contents = Contents(file);
        for (int row = 0; row < names.Length; row++)
        {
            float[] vector = values[(row * dimension)..((row + 1) * dimension)];
            yield return (names[row], vector, ContentOf(contents, row, names[row]));
        }
    }

    private IEnumerable<(string, float[], ContentHash?)> Lines(string file)
    {
        foreach ((int number, string? line) in TextLines.Read(file, LongestLine).Index())
        {
            JsonElement row = Json(line ?? "", $"{file} (line {(number + 1).ToString(CultureInfo.InvariantCulture)})");
            if (row.ValueKind == JsonValueKind.Object && row.TryGetProperty("error", out _))
            {
                continue;
            }

            Check(file, EmbeddingOrigin.Read(row));
            if (
                !row.TryGetProperty("image", out JsonElement image)
                || !row.TryGetProperty("embedding", out JsonElement embedding)
                || embedding.ValueKind != JsonValueKind.Array
            )
            {
                throw new InvalidDataException($"{file} has lines that are no embeddings of images.");
            }

            yield return (
                image.ToString(),
                // A text in place of a number makes a vector of no length.
                [
                    .. embedding
                        .EnumerateArray()
                        .Select(static value => value.ValueKind == JsonValueKind.Number ? value.GetSingle() : float.NaN),
                ],
                row.TryGetProperty("sha256", out JsonElement hash) ? ContentOf(hash.ToString()) : null
            );
        }
    }

    /// <summary>The lines beside a file that say which contents it was made of; none where they are of another one.</summary>
    private static string?[] Contents(string file)
    {
        string hashes = EmbeddingFile.HashesOf(file);
        string?[] lines = File.Exists(hashes) ? [.. TextLines.Read(hashes, LongestLine)] : [];
        return lines.Length > 0 && lines[0] == EmbeddingFile.HashLine(EmbeddingFile.HashOf(file), Path.GetFileName(file))
            ? lines[1..]
            : [];
    }

    private static ContentHash? ContentOf(string?[] lines, int row, string name) =>
        row < lines.Length && lines[row] is { } line && line.EndsWith(EmbeddingFile.HashLine("", name), StringComparison.Ordinal)
            ? ContentOf(line[..^EmbeddingFile.HashLine("", name).Length])
            : null;

    private static ContentHash? ContentOf(string digits) =>
        digits.Length == 2 * SHA256.HashSizeInBytes && digits.All(char.IsAsciiHexDigit)
            ? new(Convert.FromHexString(digits))
            : null;

    private static JsonElement Json(string text, string name) =>
        BoundedJson.Read(System.Text.Encoding.UTF8.GetBytes(text), name, Rules, static root => root.Clone());

    private void Check(string file, EmbeddingOrigin? origin)
    {
        if (origin is null)
        {
            throw new InvalidDataException(
                $"{file} does not say which model made its embeddings; embed the images again with this version of Cupola."
            );
        }

        if (origin.Model != _origin.Model)
        {
            throw new InvalidDataException(
                $"{file} was made by another model, or in another precision; name that one by --model and --precision."
            );
        }

        if (origin.IsOriented != _origin.IsOriented)
        {
            throw new InvalidDataException(
                origin.IsOriented is null ? $"{file} holds embeddings of texts."
                : origin.IsOriented == true ? $"The images of {file} were turned as their EXIF says; index without --no-orient."
                : $"The images of {file} were embedded as they are stored; index with --no-orient, or embed them with --orient."
            );
        }
    }
}
