using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>What ONNX Runtime throws, in one sentence: that there is not enough memory, or what it says itself.</summary>
internal static partial class EngineFailure
{
    private const int LongestReason = 300;

    /// <summary>
    /// How its allocators, those of the C++ library and those of graphics cards say that there is no memory left.
    /// </summary>
    private static readonly string[] MemoryWords =
    [
        "bad_alloc",
        "bad array new length",
        "allocate memory",
        "Available memory of",
        "out of memory",
        "OUT_OF_MEMORY",
        "ALLOC_FAILED",
    ];

    /// <param name="failure">What it threw.</param>
    /// <param name="task">What it was to do: "could not … ".</param>
    public static Exception Translate(OnnxRuntimeException failure, string task) =>
        MemoryWords.Any(word => failure.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? new InsufficientMemoryException($"There is not enough memory for ONNX Runtime to {task}.", failure)
        : NoByte().Match(failure.Message) is { Success: true } found
            ? new EngineException(
                $"The model cannot run in int8 on this input: before {found.Groups["layer"].Value}, "
                    + $"{found.Groups["what"].Value}.",
                failure
            )
        : new EngineException($"ONNX Runtime could not {task}: {Reason(failure.Message)}.", failure);

    /// <summary>
    /// How a failure of <see cref="QuantizedRows.Write"/> is told, with the node that it arose in: its name is that of its first
    /// output.
    /// </summary>
    [GeneratedRegex(
        @"Name:'(?<layer>[^']*?)(\.bytes)?' Status Message: (?<what>row \d+ of \d+ holds NaN or an infinity)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex NoByte();

    /// <summary>The first line, which may hold names of a model's tensors, without what is no letter.</summary>
    private static string Reason(string message)
    {
        string line = message.AsSpan().Trim().EnumerateLines() is var lines && lines.MoveNext() ? lines.Current.ToString() : "";
        string shown = string.Concat(line.Take(LongestReason).Where(static letter => !char.IsControl(letter)));
        return shown.TrimEnd('.', ' ') is { Length: > 0 } reason ? reason : "it gave no reason";
    }
}

/// <summary>ONNX Runtime could not do what it was asked.</summary>
internal sealed class EngineException(string message, Exception reason) : ExternalException(message, reason);
