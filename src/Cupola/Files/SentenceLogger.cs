using Microsoft.Extensions.Logging;

namespace Cupola.Files;

/// <summary>A logger that hands on each sentence as it is logged.</summary>
internal sealed class SentenceLogger(Action<string> tell) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => tell(formatter(state, exception));
}

/// <summary>What is logged: whole sentences for a person, on what was passed over or is unusual.</summary>
internal static partial class LoggedSentences
{
    /// <summary>Logs a sentence as a warning.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    public static partial void Warn(this ILogger logger, string sentence);
}
