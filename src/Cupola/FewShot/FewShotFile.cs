using System.Globalization;
using Cupola.Checkpoints;
using Cupola.Evaluation;
using Cupola.Graphs;
using Cupola.ZeroShot;

namespace Cupola.FewShot;

/// <summary>
/// A saved few-shot classifier: what a saved zero-shot classifier holds, and in float64 what the method made of the examples:
/// <c>weights</c> and <c>biases</c> of a linear one; <c>examples</c>, <c>exampleLabels</c> and ProKeR's <c>voices</c> of one that
/// goes by how near examples are.
/// </summary>
internal static class FewShotFile
{
    private const string Format = "cupola-few-shot-1";

    /// <summary>Whether a file says that it is one.</summary>
    public static bool IsOne(string path)
    {
        using SafetensorsFile file = new(path);
        return file.Metadata.GetValueOrDefault("format") == Format;
    }

    public static void Write(string path, FewShotClassifier classifier)
    {
        List<(string, long[], double[])> tensors = [];
        Dictionary<string, string> metadata = new()
        {
            ["method"] = classifier.Choice.Method.ToString(),
            ["few_shot_temperature"] = Text(classifier.Temperature),
        };
        Add("alpha", classifier.Choice.Alpha);
        Add("beta", classifier.Choice.Beta);
        Add("expected", classifier.Choice.Expected);
        Add("expected_low", classifier.Choice.ExpectedInterval?.Low);
        Add("expected_high", classifier.Choice.ExpectedInterval?.High);
        Add("zero_shot", classifier.Choice.ZeroShot);
        switch (classifier.LogitsOfExamples)
        {
            case LinearLogits linear:
                tensors.Add(("weights", [linear.Weights.Count, linear.Weights.Columns], linear.Weights.Values.ToArray()));
                tensors.Add(("biases", [linear.Biases.Length], linear.Biases));
                Add("factor", linear.Factor);
                metadata["adds"] = linear.Adds ? "1" : "0";
                break;
            case KernelLogits kernel:
                tensors.Add(("examples", [kernel.Examples.Count, kernel.Examples.Columns], kernel.Examples.Values.ToArray()));
                tensors.Add(("exampleLabels", [kernel.Labels.Count], [.. kernel.Labels.Select(static label => (double)label)]));
                Add("factor", kernel.Factor);
                if (kernel.Voices is { } voices)
                {
                    tensors.Add(("voices", [voices.Count, voices.Columns], voices.Values.ToArray()));
                }

                break;
            default:
                break;
        }

        ClassifierFile.Write(path, Format, classifier.ZeroShot.ToFile(), tensors, metadata);

        void Add(string name, double? number)
        {
            if (number is { } value)
            {
                metadata[name] = Text(value);
            }
        }
    }

    public static FewShotClassifier Read(string path, ClipEmbedder embedder, PromptSet? prompts)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        using SafetensorsFile file = new(path);
        ZeroShotClassifier zeroShot = ZeroShotClassifier.From(ClassifierFile.Read(file, path, Format), path, embedder, prompts);
        Reader reader = new(file, path, zeroShot.Labels.Count, embedder.Config.EmbeddingDimension);
        FewShotMethod method = reader.Method();
        FewShotChoice choice = new(
            method,
            reader.Number("alpha"),
            reader.Number("beta"),
            reader.Number("expected"),
            reader.Number("expected_low") is { } low && reader.Number("expected_high") is { } high
                ? new Interval(low, high)
                : null,
            reader.Number("zero_shot"),
            []
        );
        float temperature = (float)(reader.Number("few_shot_temperature") ?? 0);
        return temperature > 0
            ? new(zeroShot, reader.Logits(method), choice, temperature)
            : throw reader.Wrong("its temperature is not a number above 0");
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Reads parts of a file that may hold anything.</summary>
    private sealed class Reader(SafetensorsFile file, string path, int labels, int dimension)
    {
        public InvalidDataException Wrong(string why) => new($"{path} is not a classifier that Cupola saved: {why}.");

        public FewShotMethod Method() =>
            Enum.TryParse(file.Metadata.GetValueOrDefault("method"), out FewShotMethod method)
            && Enum.IsDefined(method)
            && method != FewShotMethod.Auto
                ? method
                : throw Wrong("its method is unknown");

        public double? Number(string name) =>
            !file.Metadata.TryGetValue(name, out string? text) ? null
            : double.TryParse(text, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
            : throw Wrong($"its {name} is not a number");

        public ExampleLogits Logits(FewShotMethod method) =>
            method switch
            {
                FewShotMethod.ZeroShot => new PromptLogits(),
                FewShotMethod.TipAdapter or FewShotMethod.ProKeR => Kernel(method),
                _ => Linear(),
            };

        private LinearLogits Linear() =>
            new(
                new(Numbers("weights", labels, dimension), dimension),
                Numbers("biases", labels),
                Factor(),
                file.Metadata.GetValueOrDefault("adds") == "1"
            );

        private KernelLogits Kernel(FewShotMethod method)
        {
            long count =
                file.Tensors.TryGetValue("examples", out StoredTensor? stored) && stored.Shape.Count == 2 ? stored.Shape[0] : 0;
            DoubleRows examples = new(Numbers("examples", count, dimension), dimension);
            int[] ofExamples =
            [
                .. Numbers("exampleLabels", count).Select(label => label >= 0 && label < labels ? (int)label : -1),
            ];
            if (count == 0 || ofExamples.Contains(-1))
            {
                throw Wrong("its examples and its labels do not match");
            }

            DoubleRows? voices = method == FewShotMethod.ProKeR ? new(Numbers("voices", labels, count), (int)count) : null;
            return new(examples, ofExamples, voices, Factor(), Number("beta") ?? throw Wrong("it has no beta"));
        }

        private double Factor() => Number("factor") ?? throw Wrong("it has no factor");

        private double[] Numbers(string name, params long[] shape) =>
            file.Tensors.TryGetValue(name, out StoredTensor? tensor)
            && tensor.Type == ElementType.Float64
            && tensor.Shape.SequenceEqual(shape)
            && tensor.ToArray<double>() is var numbers
            && numbers.All(double.IsFinite)
                ? numbers
                : throw Wrong($"its {name} are missing, or not as many numbers as they should be");
    }
}
