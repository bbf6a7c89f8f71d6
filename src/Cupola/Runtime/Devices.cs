using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>The devices that Cupola knows, and those that this build of ONNX Runtime has.</summary>
internal static class Devices
{
    /// <summary>Each device, what ONNX Runtime calls its execution provider, and the package that brings it.</summary>
    private static readonly (string Name, string Provider, string Package)[] Known =
    [
        ("cpu", "CPUExecutionProvider", "Microsoft.ML.OnnxRuntime"),
        ("cuda", "CUDAExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu"),
        ("directml", "DmlExecutionProvider", "Microsoft.ML.OnnxRuntime.DirectML"),
        ("coreml", "CoreMLExecutionProvider", "Microsoft.ML.OnnxRuntime for macOS"),
    ];

    private static readonly Lazy<string[]> Found = new(static () =>
    {
        string[] providers = OrtEnv.Instance().GetAvailableProviders();
        return [.. Known.Where(device => providers.Contains(device.Provider)).Select(static device => device.Name)];
    });

    /// <summary>What this build has, the processor first.</summary>
    public static IReadOnlyList<string> Available => Found.Value;

    /// <summary>Why a device cannot be used, in a sentence; nothing where it can.</summary>
    public static string? ProblemOf(string name)
    {
        string device = name.ToLowerInvariant();
        return Available.Contains(device) ? null
            : Known.FirstOrDefault(known => known.Name == device) is { Package: { } package }
                ? $"The device '{device}' is not in this build, which has {string.Join(" and ", Available)}; "
                    + $"the package {package} brings it."
            : $"There is no device '{name}'; this build has {string.Join(" and ", Available)}, and other packages of ONNX "
                + $"Runtime bring {string.Join(", ", Known.Select(static known => known.Name).Except(Available))}.";
    }
}
