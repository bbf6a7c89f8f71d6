using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Cupola.Checkpoints;
using Cupola.Files;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Text;
using static System.FormattableString;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Models;

/// <summary>
/// Writes a model as a folder that Cupola and Python read: transformers' layout where the image tower is a vision transformer,
/// open_clip's where it is a residual network, which transformers does not have.
/// </summary>
internal static class ModelFolderWriter
{
    /// <summary>Whatever a tokenizer's folder has of these goes along.</summary>
    private static readonly string[] TokenizerFileNames =
    [
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "spiece.model",
        "tokenizer.model",
        TokenizerFiles.OpenAiFileName,
    ];

    /// <summary>
    /// Writes weights, configuration and tokenizer. The weights come last: a folder without them is no model yet.
    /// </summary>
    /// <param name="folder">Where to; it is made if it is not there.</param>
    /// <param name="config">The architecture.</param>
    /// <param name="preprocessing">What happens to images.</param>
    /// <param name="parameters">
    /// All parameters of the architecture by Cupola's names, float32; a <c>logit_bias</c> besides becomes metadata of the
    /// weights.
    /// </param>
    /// <param name="tokenizerFolder">Where the tokenizer's files lie.</param>
    /// <param name="storage">What a number becomes in the file: float32 or float16.</param>
    /// <exception cref="InvalidDataException">
    /// The layout has no words for this architecture, or a number is too large for float16.
    /// </exception>
    public static void Write(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        IReadOnlyDictionary<string, Tensor> parameters,
        string tokenizerFolder,
        ElementType storage
    )
    {
        Directory.CreateDirectory(folder);
        CopyTokenizer(tokenizerFolder, folder);
        WritableFamily family = ModelFamily.ToWrite(config);
        TextTokenizer tokenizer = family.LoadTokenizer(folder, config.Text.ContextLength);
        family.WriteConfig(folder, config, preprocessing, tokenizer);
        WriteWeights(
            Path.Combine(folder, family.WeightsFile),
            storage,
            [.. new ClipNetwork(config).Parameters.Select(parameter => family.Names.InFile(parameter.Name))],
            parameters
        );
    }

    private static void CopyTokenizer(string from, string to)
    {
        foreach (
            string name in TokenizerFileNames.Where(name =>
                File.Exists(Path.Combine(from, name)) && Path.GetFullPath(from) != Path.GetFullPath(to)
            )
        )
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(from, name));
            AtomicFile.Write(Path.Combine(to, name), stream => stream.Write(bytes));
        }
    }

    private static void WriteWeights(
        string path,
        ElementType storage,
        IReadOnlyList<(string Stored, ParameterNames.Target Place)> targets,
        IReadOnlyDictionary<string, Tensor> parameters
    )
    {
        List<(string, IReadOnlyList<long>, Action<Stream>)> tensors = [];
        foreach (
            IGrouping<string, ParameterNames.Target> stored in targets.GroupBy(
                static place => place.Stored,
                static place => place.Place,
                StringComparer.Ordinal
            )
        )
        {
            ParameterNames.Target[] parts = [.. stored.OrderBy(static part => part.Part)];
            Tensor first = parameters[parts[0].Name];
            long[] shape =
                parts[0].IsTransposed ? [first.Shape[1], first.Shape[0]]
                : first.Shape.Count == 0 ? []
                : [first.Shape[0] * parts.Length, .. first.Shape.Skip(1)];
            shape = [.. Enumerable.Repeat(1L, parts[0].LeadingOnes), .. shape];
            tensors.Add((stored.Key, shape, stream =>
                {
                    foreach (ParameterNames.Target part in parts)
                    {
                        Tensor tensor = parameters[part.Name];
                        WriteNumbers(stream, storage, part.IsTransposed ? Transposed(tensor) : tensor.AsSpan<float>(), part.Name);
                    }
                }
            ));
        }

        Dictionary<string, string> metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };
        bool hasPlaceForBias = targets.Any(static place => place.Place.Name == Checkpoint.LogitBiasKey);
        if (!hasPlaceForBias && parameters.TryGetValue(Checkpoint.LogitBiasKey, out Tensor? bias))
        {
            metadata.Add(Checkpoint.LogitBiasKey, bias.AsSpan<float>()[0].ToString("R", CultureInfo.InvariantCulture));
        }

        SafetensorsFile.Write(path, storage, tensors, metadata);
    }

    private static void WriteNumbers(Stream stream, ElementType storage, ReadOnlySpan<float> numbers, string name)
    {
        if (storage == ElementType.Float32)
        {
            stream.Write(MemoryMarshal.AsBytes(numbers));
            return;
        }

        var halves = new Half[numbers.Length];
        TensorPrimitives.ConvertToHalf(numbers, halves);
        if (Array.FindIndex(halves, static half => !Half.IsFinite(half)) is >= 0 and int place)
        {
            throw new InvalidDataException(
                Invariant($"The parameter {name} cannot be stored as float16: it holds {numbers[place]}.")
            );
        }

        stream.Write(MemoryMarshal.AsBytes<Half>(halves));
    }

    private static float[] Transposed(Tensor matrix)
    {
        int rows = (int)matrix.Shape[0],
            columns = (int)matrix.Shape[1];
        ReadOnlySpan<float> numbers = matrix.AsSpan<float>();
        var turned = new float[numbers.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = numbers[(row * columns) + column];
            }
        }

        return turned;
    }
}
