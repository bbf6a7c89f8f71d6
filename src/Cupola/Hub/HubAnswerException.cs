using System.Net;

namespace Cupola.Hub;

/// <summary>An answer of the hub that is no answer, or none at all; the message is for a person.</summary>
internal sealed class HubAnswerException(string message, HttpStatusCode? status = null, Exception? innerException = null)
    : HttpRequestException(message, innerException, status)
{
    /// <summary>Whether the same request may succeed in a moment.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the hub asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
