using System.Text.Json;

namespace Cupola.Benchmarks;

/// <summary>
/// What ONNX Runtime's profiler wrote: how long each kind of operator took in all, and how much the matrix products among them
/// multiplied and added.
/// </summary>
internal sealed class OperatorTimes
{
    private static readonly HashSet<string> Products =
    [
        "Gemm",
        "MatMul",
        "FusedMatMul",
        "FusedGemm",
        "Conv",
        "ConvTranspose",
        "ProductOverRows",
        "LinearGradient",
    ];

    private readonly Dictionary<string, OperatorTime> _operators = new(StringComparer.Ordinal);

    /// <summary>Reads the files of all sessions in a folder; what ran before a moment was a warm-up and does not count.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="runs">How many runs of each session count, from its last one backwards, as a share of all it made.</param>
    public static OperatorTimes Read(string folder, double runs)
    {
        OperatorTimes times = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*.json"))
        {
            using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement[] events = [.. profile.RootElement.EnumerateArray().Where(static entry => IsKernel(entry))];
            foreach (
                IGrouping<string, JsonElement> node in events.GroupBy(
                    static entry => entry.GetProperty("name").GetString()!,
                    StringComparer.Ordinal
                )
            )
            {
                JsonElement[] all = [.. node];
                foreach (JsonElement entry in all[(all.Length - (int)(all.Length * runs))..])
                {
                    times.Add(entry);
                }
            }
        }

        return times;
    }

    /// <summary>Seconds in all operators.</summary>
    public double Seconds => _operators.Values.Sum(static entry => entry.Seconds);

    /// <summary>Seconds in matrix products.</summary>
    public double ProductSeconds =>
        _operators.Where(static entry => Products.Contains(entry.Key)).Sum(static entry => entry.Value.Seconds);

    /// <summary>Multiplications and additions in matrix products; convolutions are not counted.</summary>
    public double ProductOperations => _operators.Values.Sum(static entry => entry.Operations);

    /// <summary>The operators, those that took longest first.</summary>
    public IEnumerable<(string Operator, OperatorTime Time)> Longest =>
        _operators.OrderByDescending(static entry => entry.Value.Seconds).Select(static entry => (entry.Key, entry.Value));

    private static bool IsKernel(JsonElement entry) =>
        entry.GetProperty("cat").GetString() == "Node"
        && entry.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal);

    private void Add(JsonElement entry)
    {
        JsonElement arguments = entry.GetProperty("args");
        string name = arguments.GetProperty("op_name").GetString()!;
        double operations = 0;
        if (Products.Contains(name) && !name.StartsWith("Conv", StringComparison.Ordinal))
        {
            // Each of the m · n results takes k of both; the left operand holds m · k numbers.
            long[] left = Extents(arguments.GetProperty("input_type_shape")[0]),
                result = Extents(arguments.GetProperty("output_type_shape")[0]);
            operations = 2.0 * Elements(left) * result[^1];
        }

        OperatorTime before = _operators.GetValueOrDefault(name) ?? new(0, 0, 0);
        _operators[name] = new(
            before.Count + 1,
            before.Seconds + (entry.GetProperty("dur").GetDouble() / 1e6),
            before.Operations + operations
        );
    }

    private static long[] Extents(JsonElement typed) =>
        [.. typed.EnumerateObject().First().Value.EnumerateArray().Select(static extent => extent.GetInt64())];

    private static long Elements(long[] extents) => extents.Aggregate(1L, static (product, extent) => product * extent);
}

/// <summary>
/// What a kind of operator did in all: runs, seconds, and multiplications and additions if it is a matrix product.
/// </summary>
internal sealed record OperatorTime(long Count, double Seconds, double Operations);
