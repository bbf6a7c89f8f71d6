namespace Cupola;

/// <summary>On what, and on how many threads, networks run.</summary>
/// <param name="Device">One of <see cref="Devices"/>, as <c>cpu</c>; other ONNX Runtime packages bring others.</param>
/// <param name="Threads">Threads in all; 0 stands for one a physical core.</param>
public sealed record EngineOptions(string Device = "cpu", int Threads = 0)
{
    /// <summary>In what numbers networks run.</summary>
    public Precision Precision { get; init; }

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
