using Microsoft.AspNetCore.Http;

namespace Cupola.Server.Requests;

/// <summary>A request that is not answered as it wishes.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="sentence">What is wrong, and what to do.</param>
/// <param name="parameter">The part of the request that is meant.</param>
internal sealed class RequestException(int status, string sentence, string? parameter = null) : Exception(sentence)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The part of the request that is meant; null for all of it.</summary>
    public string? Parameter => parameter;

    /// <summary>After how many seconds to come again; null where that changes nothing.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>What the operator is to be told of by the log; null where it is the sender's affair.</summary>
    public Exception? Cause { get; init; }

    /// <summary>The request is wrong.</summary>
    public static RequestException Bad(string sentence, string? parameter = null) =>
        new(StatusCodes.Status400BadRequest, sentence, parameter);

    /// <summary>There is nothing of that name.</summary>
    public static RequestException NotFound(string sentence, string? parameter = null) =>
        new(StatusCodes.Status404NotFound, sentence, parameter);

    /// <summary>The request is understood and asks for what is not there.</summary>
    public static RequestException Unprocessable(string sentence, string? parameter = null) =>
        new(StatusCodes.Status422UnprocessableEntity, sentence, parameter);

    /// <summary>It is larger than the service takes.</summary>
    public static RequestException TooLarge(string sentence, string? parameter = null) =>
        new(StatusCodes.Status413PayloadTooLarge, sentence, parameter);

    /// <summary>What the service needs for it, as the index's database, does not work.</summary>
    public static RequestException Unavailable(Exception cause) =>
        new(StatusCodes.Status503ServiceUnavailable, cause.Message) { RetryAfter = 5, Cause = cause };

    /// <summary>There is too much to do.</summary>
    public static RequestException Busy(int seconds) =>
        new(StatusCodes.Status429TooManyRequests, "The service has as much to do as it takes; send the request again later.")
        {
            RetryAfter = seconds,
        };
}
