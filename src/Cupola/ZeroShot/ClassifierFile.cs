using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Graphs;

namespace Cupola.ZeroShot;

/// <summary>
/// A saved classifier: a safetensors file with the tensors <c>vectors</c> [rows, dimension] and <c>classes</c> [rows], the class
/// of each vector, and as metadata the labels, the temperature, the ensemble, and the hashes of model and prompts.
/// </summary>
internal sealed record ClassifierFile(
    IReadOnlyList<string> Labels,
    ClassWeights Weights,
    float Temperature,
    ClassEnsemble Ensemble,
    string Model,
    string Prompts
)
{
    private const string Format = "cupola-classifier-1";

    public static void Write(string path, ClassifierFile file) => Write(path, Format, file, [], new Dictionary<string, string>());

    /// <summary>Writes a classifier with more in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The name of the format, by which readers know what else is in it.</param>
    /// <param name="file">The classifier.</param>
    /// <param name="doubles">Float64 matrices by name, which come first.</param>
    /// <param name="metadata">Texts for the header.</param>
    public static void Write(
        string path,
        string format,
        ClassifierFile file,
        IReadOnlyList<(string Name, long[] Shape, double[] Values)> doubles,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        float[] classes = [.. file.Weights.ClassOfRow.Select(static index => (float)index)];
        float[] vectors = [.. file.Weights.Vectors.Values];
        SafetensorsFile.Write(
            path,
            [
                .. doubles.Select(static each =>
                    (
                        each.Name,
                        ElementType.Float64,
                        (IReadOnlyList<long>)each.Shape,
                        (Action<Stream>)(stream => stream.Write(MemoryMarshal.AsBytes<double>(each.Values)))
                    )
                ),
                ("vectors", ElementType.Float32, [file.Weights.Vectors.Count, file.Weights.Vectors.Dimension], stream =>
                    stream.Write(MemoryMarshal.AsBytes<float>(vectors))
                ),
                ("classes", ElementType.Float32, [classes.Length], stream => stream.Write(MemoryMarshal.AsBytes<float>(classes))),
            ],
            new Dictionary<string, string>(metadata)
            {
                ["format"] = format,
                ["labels"] = JsonSerializer.Serialize(file.Labels),
                ["temperature"] = file.Temperature.ToString("R", CultureInfo.InvariantCulture),
                ["ensemble"] = file.Ensemble.ToString(),
                ["model_sha256"] = file.Model,
                ["prompts_sha256"] = file.Prompts,
            }
        );
    }

    public static ClassifierFile Read(string path)
    {
        using SafetensorsFile file = new(path);
        return Read(file, path, Format);
    }

    /// <summary>Reads the classifier of a file that may hold more.</summary>
    public static ClassifierFile Read(SafetensorsFile file, string path, string expected)
    {
        InvalidDataException NoClassifier(string why) => new($"{path} is not a classifier that Cupola saved: {why}.");
        string Text(string name) =>
            file.Metadata.TryGetValue(name, out string? text) ? text : throw NoClassifier($"its metadata has no '{name}'");
        if (!file.Metadata.TryGetValue("format", out string? format) || format != expected)
        {
            throw NoClassifier($"its format is not {expected}");
        }

        string[] labels = ReadLabels(Text("labels")) ?? throw NoClassifier("its labels are not a list of names");
        float[] vectors = Numbers(file, "vectors", 2) ?? throw NoClassifier("it has no class vectors");
        float[] classes = Numbers(file, "classes", 1) ?? throw NoClassifier("it does not give the classes of its vectors");
        if (vectors.Any(static number => !float.IsFinite(number)))
        {
            throw NoClassifier("its vectors contain values that are not numbers");
        }

        if (
            vectors.Length == 0
            || classes.Length != file.Tensors["vectors"].Shape[0]
            || !labels.Index().All(label => classes.Contains(label.Index))
            || classes.Any(index => index != MathF.Floor(index) || index < 0 || index >= labels.Length)
        )
        {
            throw NoClassifier("its vectors and its labels do not match");
        }

        if (
            !float.TryParse(Text("temperature"), CultureInfo.InvariantCulture, out float temperature)
            || !(temperature > 0)
            || !float.IsFinite(temperature)
        )
        {
            throw NoClassifier("its temperature is not a number above 0");
        }

        ClassEnsemble ensemble =
            Enum.TryParse(Text("ensemble"), out ClassEnsemble known) && Enum.IsDefined(known)
                ? known
                : throw NoClassifier("its ensemble is unknown");
        EmbeddingMatrix matrix = new(vectors, classes.Length, vectors.Length / classes.Length);
        return new(
            labels,
            new(matrix, [.. classes.Select(static index => (int)index)], labels.Length),
            temperature,
            ensemble,
            Text("model_sha256"),
            Text("prompts_sha256")
        );
    }

    private static float[]? Numbers(SafetensorsFile file, string name, int rank) =>
        file.Tensors.TryGetValue(name, out StoredTensor? tensor)
        && tensor.Shape.Count == rank
        && tensor.Type == ElementType.Float32
            ? tensor.ToArray<float>()
            : null;

    private static string[]? ReadLabels(string json)
    {
        try
        {
            return
                JsonSerializer.Deserialize<string[]>(json) is { Length: > 0 } labels
                && labels.All(static label => label is not null)
                ? labels
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
