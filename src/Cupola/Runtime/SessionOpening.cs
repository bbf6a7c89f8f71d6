using Cupola.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>
/// What has to be done once in a process before its first session opens. A session with own operators writes the name of our
/// domain into a table of the whole process, if it is not there, and every session reads that table while it opens. ONNX Runtime
/// does not lock it (onnxruntime, issues 22663, 26366 and 27089); so one small session writes before any other reads.
/// </summary>
internal static class SessionOpening
{
    private static readonly Lock Gate = new();

    private static volatile bool _isReady;

    /// <summary>Returns when the domain stands in the table; where that fails, the next caller tries again.</summary>
    public static void MakeReady()
    {
        if (_isReady)
        {
            return;
        }

        lock (Gate)
        {
            if (!_isReady)
            {
                NameDomain();
                _isReady = true;
            }
        }
    }

    private static void NameDomain()
    {
        GraphBuilder graph = new(OperatorSet.Trainable);
        Value number = graph.Input("number", ElementType.Float32, [1]);
        graph.Output("gradient", graph.SwishGradient(number, number));
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        CustomOperatorDomain.AddTo(options);
        new InferenceSession(
            OnnxWriter.Write(graph.Build(), "", new Dictionary<string, ReadOnlyMemory<byte>>()),
            options
        ).Dispose();
    }
}
