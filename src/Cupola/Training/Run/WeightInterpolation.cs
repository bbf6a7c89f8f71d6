using System.Numerics.Tensors;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using static System.FormattableString;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Run;

/// <summary>
/// WiSE-FT (arXiv 2109.01903, equation 1): a model between the one that fine-tuning began with and the one that came out. It
/// keeps most of what the first knew of everything, and of what the second learned of its own data.
/// </summary>
internal static class WeightInterpolation
{
    /// <summary>Writes (1 − alpha) · start + alpha · fine-tuned as a model's folder.</summary>
    /// <param name="start">The model that fine-tuning began with: a folder or a file.</param>
    /// <param name="fineTuned">The model that came out, whose preprocessing and tokenizer are kept.</param>
    /// <param name="alpha">0 gives the first, 1 the second.</param>
    /// <param name="folder">Where to; it is made if it is not there.</param>
    /// <exception cref="ArgumentException">Alpha is not between 0 and 1.</exception>
    /// <exception cref="IOException">The folder is not empty.</exception>
    /// <exception cref="InvalidDataException">A model cannot be read, or they are of different architectures, preprocessings or
    /// tokenizers.</exception>
    public static void Write(string start, string fineTuned, double alpha, string folder)
    {
        if (alpha is not (>= 0 and <= 1))
        {
            throw new ArgumentException(
                Invariant($"Between two models lies a share from 0 (the first) to 1 (the second), not {alpha}.")
            );
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"{folder} holds something already; name a folder that is new or empty.");
        }

        Engine engine = new(new());
        using ClipModel first = ClipModel.Load(start, engine),
            second = ClipModel.Load(fineTuned, engine);
        if (ModelDifference.Find(first, second, ModelFolder.Find(start).Path, ModelFolder.Find(fineTuned).Path) is { } difference)
        {
            throw new InvalidDataException(
                $"{start} and {fineTuned} {difference}; only a model and what was fine-tuned from it have models between them."
            );
        }

        var between = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach ((string name, long[] shape) in first.Network.Shapes)
            {
                Tensor tensor = Tensor.Allocate(ElementType.Float32, shape);
                between.Add(name, tensor);
                TensorPrimitives.Lerp(
                    first.Parameters[name].AsSpan<float>(),
                    second.Parameters[name].AsSpan<float>(),
                    (float)alpha,
                    tensor.AsSpan<float>()
                );
            }

            // A scale that was learned with a bias means nothing without it, nor with one of a model that has none.
            if (first.Network.LogitBias is null && first.LogitBias is { } ofFirst && second.LogitBias is { } ofSecond)
            {
                between.Add(
                    Checkpoint.LogitBiasKey,
                    Tensor.Of<float>(ElementType.Float32, [float.Lerp(ofFirst, ofSecond, (float)alpha)])
                );
            }

            ModelFolderWriter.Write(
                folder,
                second.Config,
                second.Preprocessing,
                between,
                ModelFolder.Find(fineTuned).Path,
                StorageOf(second)
            );
        }
        finally
        {
            foreach (Tensor tensor in between.Values)
            {
                tensor.Dispose();
            }
        }
    }

    private static ElementType StorageOf(ClipModel model)
    {
        using Checkpoint checkpoint = Checkpoint.Open(model.WeightsPath);
        return checkpoint.Parameters.Values.All(static tensor => tensor.Type == ElementType.Float16)
            ? ElementType.Float16
            : ElementType.Float32;
    }
}
