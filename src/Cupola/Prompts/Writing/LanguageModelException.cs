using System.Net;

namespace Cupola.Prompts.Writing;

/// <summary>A language model's server gave an invalid answer, or none; the message is meant for a person.</summary>
public sealed class LanguageModelException : HttpRequestException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence that says what is wrong and, if possible, what to do.</param>
    /// <param name="status">The status of the answer, if there was one.</param>
    /// <param name="innerException">The cause.</param>
    public LanguageModelException(string message, HttpStatusCode? status = null, Exception? innerException = null)
        : base(message, innerException, status) { }

    /// <summary>Whether the same question may succeed after a pause.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
