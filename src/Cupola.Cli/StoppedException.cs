namespace Cupola.Cli;

/// <summary>Ctrl-C or SIGTERM ended a verb, which knows what there is of its work.</summary>
/// <param name="message">What is kept and how to go on, in a sentence.</param>
/// <param name="cause">What was cancelled.</param>
internal sealed class StoppedException(string message, OperationCanceledException cause)
    : OperationCanceledException(message, cause);
