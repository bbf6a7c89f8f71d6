using System.Net;

namespace Cupola.Prompts.Writing;

/// <summary>A language model's server gave an answer that is none, or none at all; the message is for a person.</summary>
public sealed class LanguageModelException : HttpRequestException
{
    /// <summary>A failure.</summary>
    /// <param name="message">One sentence that says what is wrong, and where there is one, the way out.</param>
    /// <param name="status">The status of the answer, where there was one.</param>
    /// <param name="innerException">What was caught.</param>
    public LanguageModelException(string message, HttpStatusCode? status = null, Exception? innerException = null)
        : base(message, innerException, status) { }

    /// <summary>Whether the same question may be answered in a moment.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
