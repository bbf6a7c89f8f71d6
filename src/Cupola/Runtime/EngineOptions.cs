namespace Cupola;

/// <summary>On what, and on how many threads, networks run.</summary>
public sealed record EngineOptions
{
    /// <summary>One of <see cref="Devices"/>; other ONNX Runtime packages bring others. The default is <c>cpu</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads in all. The default is 0, which stands for one a physical core.</summary>
    public int Threads { get; init; }

    /// <summary>In what numbers networks run.</summary>
    public Precision Precision { get; init; }

    /// <summary>
    /// Whether one answer is all that is asked for, as by most commands: the very first run then takes the weights as they lie,
    /// which spares time and memory, and its last bits differ from those of later runs.
    /// </summary>
    internal bool IsForOneAnswer { get; init; }

    /// <summary>The devices that this build of ONNX Runtime has: always <c>cpu</c>.</summary>
    public static IReadOnlyList<string> Devices => Runtime.Devices.Available;

    /// <summary>Why a device cannot be used, in a sentence that says what brings it; nothing where this build has it.</summary>
    /// <param name="device">Its name.</param>
    public static string? ProblemOf(string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Runtime.Devices.ProblemOf(device);
    }
}
