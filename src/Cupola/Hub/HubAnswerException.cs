using System.Net;

namespace Cupola.Hub;

/// <summary>The hub gave an invalid answer, or none; the message is meant for a person.</summary>
internal sealed class HubAnswerException(string message, HttpStatusCode? status = null, Exception? innerException = null)
    : HttpRequestException(message, innerException, status)
{
    /// <summary>Whether the same request may succeed after a pause.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the hub asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
