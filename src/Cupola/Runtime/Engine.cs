using Cupola.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>ONNX Runtime, set up for one device and a number of threads; makes graphs ready to run.</summary>
internal sealed class Engine
{
    public Engine(EngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        if (Devices.ProblemOf(options.Device) is { } problem)
        {
            throw new ArgumentException(problem);
        }

        Device = options.Device.ToLowerInvariant();
        Precision = options.Precision;
        if (Precision != Precision.Float32 && (Precision != Precision.Int8 || Device != "cpu"))
        {
            throw new ArgumentException(
                Precision == Precision.Int8
                    ? $"In int8, models run on the processor only, and not on the device {Device}."
                    : $"There is no precision {Precision}."
            );
        }

        Threads = options.Threads == 0 ? PhysicalCores.Count : options.Threads;
        IsForOneAnswer = options.IsForOneAnswer;
        if (Device != "cpu")
        {
            // A device that does not work is told now, not at the first image.
            using SessionOptions trial = SessionOptions(SessionThreads.One, packsWeights: true);
        }
    }

    /// <summary>ONNX Runtime's version.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>On what graphs run, in small letters.</summary>
    public string Device { get; }

    /// <summary>In what numbers linear layers run.</summary>
    public Precision Precision { get; }

    /// <summary>Threads in all.</summary>
    public int Threads { get; }

    /// <summary>Whether a graph's very first run may be the only one.</summary>
    public bool IsForOneAnswer { get; }

    /// <summary>
    /// Where, if anywhere, ONNX Runtime writes how long each operator took: one file a session, which begins with this path and
    /// is whole when the session is closed.
    /// </summary>
    public string? ProfilePrefix { get; init; }

    /// <summary>
    /// Makes a graph ready. The parameters are lent, not copied: they must stay alive until the compiled graph is disposed.
    /// </summary>
    public CompiledGraph Compile(Graph graph, IReadOnlyDictionary<string, Tensor> parameters) => new(this, graph, parameters);

    /// <summary>
    /// Settings of a session for runs of a width, which rearranges its weights or uses them where they lie; the caller disposes
    /// them.
    /// </summary>
    public SessionOptions SessionOptions(SessionThreads width, bool packsWeights)
    {
        SessionOptions options = new()
        {
            IntraOpNumThreads = width == SessionThreads.One ? 1 : Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // What goes wrong is thrown, and told by whoever catches it.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        // Idle workers that spin take the core from the decoding of the next images.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        options.AddSessionConfigEntry("session.disable_prepacking", packsWeights ? "0" : "1");
        if (ProfilePrefix is not null)
        {
            // In this order: the prefix is read when profiling is switched on.
            options.ProfileOutputPathPrefix = ProfilePrefix;
            options.EnableProfiling = true;
        }

        try
        {
            AddDevice(options);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private void AddDevice(SessionOptions options)
    {
        try
        {
            switch (Device)
            {
                case "cuda":
                    options.AppendExecutionProvider_CUDA();
                    break;
                case "directml":
                    options.AppendExecutionProvider_DML();
                    break;
                case "coreml":
                    options.AppendExecutionProvider_CoreML();
                    break;
            }
        }
        catch (Exception exception)
            when (exception is OnnxRuntimeException or EntryPointNotFoundException or NotSupportedException)
        {
            throw new ArgumentException(
                $"The device '{Device}' does not work here ({exception.Message.TrimEnd('.')}); the device cpu is always there.",
                exception
            );
        }
    }
}
