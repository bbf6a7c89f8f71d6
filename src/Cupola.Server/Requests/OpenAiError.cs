using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Cupola.Server.Requests;

/// <summary>An error as OpenAI's clients read it.</summary>
/// <param name="Error">What is wrong.</param>
internal sealed record OpenAiError(OpenAiError.Description Error)
{
    /// <summary>Describes a problem.</summary>
    public static OpenAiError From(RequestException problem) =>
        new(
            new Description(
                problem.Message,
                problem.Status switch
                {
                    StatusCodes.Status401Unauthorized => "authentication_error",
                    StatusCodes.Status429TooManyRequests => "rate_limit_error",
                    >= StatusCodes.Status500InternalServerError => "server_error",
                    _ => "invalid_request_error",
                },
                problem.Parameter,
                problem.Status switch
                {
                    StatusCodes.Status401Unauthorized => "invalid_api_key",
                    StatusCodes.Status404NotFound => "not_found",
                    StatusCodes.Status413PayloadTooLarge => "request_too_large",
                    StatusCodes.Status429TooManyRequests => "rate_limit_exceeded",
                    _ => null,
                }
            )
        );

    /// <summary>What is wrong.</summary>
    /// <param name="Message">One sentence.</param>
    /// <param name="Type">The kind, as OpenAI names it.</param>
    /// <param name="Param">The part of the request that is meant.</param>
    /// <param name="Code">The kind more closely.</param>
    internal sealed record Description(
        string Message,
        string Type,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code
    );
}
