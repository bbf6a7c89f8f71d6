using System.Runtime.InteropServices;

namespace Cupola.Cli;

/// <summary>
/// What goes wrong with the machine rather than with what it was given: memory, native libraries and what runs in them.
/// </summary>
internal static class MachineFailure
{
    /// <summary>One sentence, or null where an exception tells of something else.</summary>
    public static string? Sentence(Exception exception) =>
        exception switch
        {
            OutOfMemoryException =>
                "There is not enough memory for this; take a smaller model, smaller images or a smaller batch.",
            TypeInitializationException { InnerException: { } inner } => Sentence(inner),
            DllNotFoundException or EntryPointNotFoundException or BadImageFormatException =>
                $"A native library cannot be used on this machine ({RuntimeInformation.RuntimeIdentifier}): "
                    + $"{Reason(exception.Message)}; install Cupola anew, in its form for this platform.",
            ExternalException => exception.Message,
            _ => null,
        };

    /// <summary>The loader's first line: those that follow tell each place in which it looked.</summary>
    private static string Reason(string message)
    {
        string line = message.Split('\n', 2)[0];
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.', '\r');
    }
}
