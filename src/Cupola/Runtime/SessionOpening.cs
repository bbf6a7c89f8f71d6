using Microsoft.ML.OnnxRuntime;

namespace Cupola.Runtime;

/// <summary>
/// Lets sessions open side by side, except for the first with own operators, beside which no other opens. It writes the name of our domain into a table of the whole process, which ONNX Runtime
/// neither locks nor checks in one go, and which every session reads while it opens (onnxruntime, issues 22663, 26366 and 27089); once the name is there, sessions only read.
/// </summary>
internal static class SessionOpening
{
    private static readonly ReaderWriterLockSlim Table = new();

    private static volatile bool _isDomainKnown;

    /// <summary>Opens a session; where it throws, the next one with own operators counts as the first.</summary>
    public static InferenceSession Open(bool hasOwnOperators, Func<InferenceSession> open)
    {
        if (hasOwnOperators && !_isDomainKnown)
        {
            Table.EnterWriteLock();
            try
            {
                InferenceSession session = open();
                _isDomainKnown = true;
                return session;
            }
            finally
            {
                Table.ExitWriteLock();
            }
        }

        Table.EnterReadLock();
        try
        {
            return open();
        }
        finally
        {
            Table.ExitReadLock();
        }
    }
}
