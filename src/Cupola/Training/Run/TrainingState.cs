using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cupola.Checkpoints;
using Cupola.Training.Optimization;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Run;

/// <summary>
/// Everything that the next step depends on: the parameters, AdamW's means, the moving average, and how far training is. Order
/// and augmentation of the pairs follow from the seed and the step, so that there is nothing else to remember, and a run goes on
/// from here bit for bit.
/// </summary>
internal sealed class TrainingState(TrainableParameters parameters, AdamW optimizer, MovingAverage? average)
{
    private const string Format = "cupola-training-1";

    /// <summary>Steps that were made.</summary>
    public long Step { get; set; }

    /// <summary>The step after which the model was evaluated last.</summary>
    public long Evaluated { get; set; }

    /// <summary>The best that an evaluation said so far; lower is better.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>Evaluations since.</summary>
    public int SinceBest { get; set; }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors =>
        [
            .. parameters.Values.Select(static entry => ($"parameter/{entry.Key}", entry.Value)),
            .. optimizer.Means.Select(static entry => ($"mean/{entry.Key}", entry.Value)),
            .. optimizer.Squares.Select(static entry => ($"square/{entry.Key}", entry.Value)),
            .. (average?.Values ?? new Dictionary<string, Tensor>()).Select(static entry =>
                ($"average/{entry.Key}", entry.Value)
            ),
        ];

    /// <summary>A SHA-256 of all of it, to tell whether two are equal.</summary>
    public string ComputeHash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<double>([Step, Evaluated, Best, SinceBest]));
        foreach ((_, Tensor tensor) in Tensors)
        {
            hash.AppendData(MemoryMarshal.AsBytes(tensor.AsSpan<float>()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes a file that is whole or not there.</summary>
    public void Write(string path) =>
        SafetensorsFile.Write(
            path,
            [
                .. Tensors.Select(static entry =>
                    (
                        entry.Name,
                        entry.Tensor.Shape,
                        (Action<Stream>)(stream => stream.Write(MemoryMarshal.AsBytes(entry.Tensor.AsSpan<float>())))
                    )
                ),
            ],
            new Dictionary<string, string>
            {
                ["format"] = Format,
                ["step"] = Step.ToString(CultureInfo.InvariantCulture),
                ["evaluated"] = Evaluated.ToString(CultureInfo.InvariantCulture),
                ["best"] = Best.ToString("R", CultureInfo.InvariantCulture),
                ["since_best"] = SinceBest.ToString(CultureInfo.InvariantCulture),
            }
        );

    /// <summary>Takes the numbers of a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or is not of this model and these settings.</exception>
    public void Read(string path)
    {
        using SafetensorsFile file = new(path);
        string Text(string name) => file.Metadata.GetValueOrDefault(name, "");
        if (
            Text("format") != Format
            || !long.TryParse(Text("step"), CultureInfo.InvariantCulture, out long step)
            || step is < 0 or > int.MaxValue
            || !long.TryParse(Text("evaluated"), CultureInfo.InvariantCulture, out long evaluated)
            || !double.TryParse(Text("best"), CultureInfo.InvariantCulture, out double best)
            || !int.TryParse(Text("since_best"), CultureInfo.InvariantCulture, out int sinceBest)
        )
        {
            throw new InvalidDataException($"{path} is no checkpoint of a training.");
        }

        (string Name, Tensor Tensor)[] tensors = [.. Tensors];
        if (
            file.Tensors.Count != tensors.Length
            || tensors.Any(entry =>
                !file.Tensors.TryGetValue(entry.Name, out StoredTensor? stored) || !stored.Shape.SequenceEqual(entry.Tensor.Shape)
            )
        )
        {
            throw new InvalidDataException($"{path} is a checkpoint of another model, or of one that learns other parameters.");
        }

        foreach ((string name, Tensor tensor) in tensors)
        {
            file.Tensors[name].CopyTo(tensor.AsSpan<float>());
        }

        (Step, Evaluated, Best, SinceBest) = (step, evaluated, best, sinceBest);
        optimizer.Steps = (int)step;
    }
}
