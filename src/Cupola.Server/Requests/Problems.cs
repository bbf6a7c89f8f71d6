using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Cupola.Server.Requests;

/// <summary>
/// Turns what goes wrong into one sentence: OpenAI's error object below <c>/v1</c>, whose clients read it, and problem details
/// (RFC 9457) elsewhere.
/// </summary>
internal sealed partial class Problems(RequestDelegate next, ServiceLimits limits, ServiceMetrics metrics, ILogger<Problems> log)
{
    /// <summary>Answers a request, or says why not.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        time.CancelAfter(limits.Time);
        CancellationToken gone = context.RequestAborted;
        context.RequestAborted = time.Token;
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await WriteAsync(context, new(context.Response.StatusCode, Sentence(context)));
            }
        }
        catch (Exception) when (context.Response.HasStarted || gone.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception problem)
        {
            await WriteAsync(context, Describe(problem, context));
        }
    }

    private Task WriteAsync(HttpContext context, RequestException problem)
    {
        metrics.CountRefused(problem.Status);
        context.Response.Clear();
        context.Response.StatusCode = problem.Status;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (problem.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
            ? context.Response.WriteAsJsonAsync(OpenAiError.From(problem), Answers.Json)
            : context.Response.WriteAsJsonAsync(
                new ProblemDetails(
                    ReasonPhrases.GetReasonPhrase(problem.Status),
                    problem.Status,
                    problem.Message,
                    problem.Parameter
                ),
                Answers.Json,
                "application/problem+json"
            );
    }

    private RequestException Describe(Exception problem, HttpContext context)
    {
        switch (problem)
        {
            case RequestException known:
                if (known.Cause is { } cause)
                {
                    LogUnavailable(log, context.Request.Method, context.Request.Path, cause.Message);
                }

                return known;
            case ConnectionResetException or ConnectionAbortedException:
                // Nobody is left to read this.
                return new(StatusCodes.Status400BadRequest, BodySentence(StatusCodes.Status400BadRequest));
            case BadHttpRequestException bad:
                return new(bad.StatusCode, BodySentence(bad.StatusCode));
            case OperationCanceledException:
                return new(
                    StatusCodes.Status503ServiceUnavailable,
                    $"The request took longer than {limits.Time.TotalSeconds:0} seconds; send less at once, or try again later."
                )
                {
                    RetryAfter = 1,
                };
            case InvalidDataException or FormatException:
                return RequestException.Bad(problem.Message);
            default:
                LogFailure(log, problem, context.Request.Method, context.Request.Path);
                return new(StatusCodes.Status500InternalServerError, "The service failed; its log says how.");
        }
    }

    private static string BodySentence(int status) =>
        status switch
        {
            StatusCodes.Status408RequestTimeout => "The body came too slowly.",
            StatusCodes.Status413PayloadTooLarge => "The body is larger than the service takes.",
            _ => "The request is not HTTP as it should be: its body is incomplete, or its headers are wrong.",
        };

    private static string Sentence(HttpContext context) =>
        context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}; /openapi/v1.json says what there is.",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not take {context.Request.Method}.",
            StatusCodes.Status415UnsupportedMediaType =>
                "The body must be JSON ('Content-Type: application/json'), or at /predict a form (multipart/form-data).",
            _ => ReasonPhrases.GetReasonPhrase(context.Response.StatusCode) + ".",
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    private static partial void LogFailure(ILogger log, Exception problem, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} cannot be answered: {Sentence}")]
    private static partial void LogUnavailable(ILogger log, string method, PathString path, string sentence);
}

/// <summary>Problem details (RFC 9457).</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="Parameter">The part of the request that is meant.</param>
internal sealed record ProblemDetails(string Title, int Status, string Detail, string? Parameter);
