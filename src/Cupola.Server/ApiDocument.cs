using Cupola.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using static System.FormattableString;

namespace Cupola.Server;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, and a page to read and try it at <c>/scalar</c>.</summary>
internal static class ApiDocument
{
    private const string Page = "/scalar";

    /// <summary>The page's own scripts stand in it; nothing comes from elsewhere, and nothing goes there.</summary>
    private const string Policy =
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

    /// <summary>Adds what writes the document.</summary>
    public static void Add(IServiceCollection services, ServiceLimits limits)
    {
        services.ConfigureHttpJsonOptions(static options =>
        {
            options.SerializerOptions.Encoder = Answers.Json.Encoder;
            options.SerializerOptions.DefaultIgnoreCondition = Answers.Json.DefaultIgnoreCondition;
            options.SerializerOptions.NumberHandling = Answers.Json.NumberHandling;
            options.SerializerOptions.PropertyNameCaseInsensitive = false;
        });
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer(
                (document, _, _) =>
                {
                    document.Info = new()
                    {
                        Title = "Cupola",
                        Version = "1",
                        Description = Describe(limits),
                    };
                    // It is the same wherever the service listens.
                    document.Servers = [];
                    return Task.CompletedTask;
                }
            );
            options.AddOperationTransformer(
                static (operation, context, _) =>
                {
                    bool isOpenAi = context.Description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
                    operation.Responses ??= [];
                    operation.Responses["default"] = new OpenApiResponse
                    {
                        Description = isOpenAi
                            ? "What is wrong, as OpenAI's error object: {\"error\":{\"message\",\"type\",\"param\",\"code\"}}"
                            : "What is wrong, as problem details (RFC 9457): {\"title\",\"status\",\"detail\",\"parameter\"}",
                    };
                    return Task.CompletedTask;
                }
            );
        });
    }

    /// <summary>Maps the document and the page.</summary>
    public static void Map(WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference(Page, static options =>
            options.WithTitle("Cupola").DisableDefaultFonts().DisableTelemetry().DisableAgent()
        );
    }

    /// <summary>What the reading page may do.</summary>
    public static void Secure(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments(Page, StringComparison.Ordinal))
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
        }
    }

    private static string Describe(ServiceLimits limits) =>
        Invariant(
            $"""
            Embeddings, classification and search with one CLIP. What a request may cost: a body of {limits.BodyBytes >> 20} MiB,
            {limits.JsonParts} parts of JSON, {limits.Images} images of {limits.Pixels / 1_000_000} million pixels each,
            {limits.Texts} texts of {limits.TextLength} characters and {limits.AllTextLength} together, {limits.Labels} labels of
            {limits.LabelLength} characters with {limits.Prompts} prompts, {limits.Terms} terms of a search, {limits.Results}
            results of an answer, {limits.Time.TotalSeconds} seconds. What may wait or be worked on at once: {limits.Waiting}
            texts and images, {limits.AllBodyBytes >> 20} MiB of bodies, {limits.Connections} connections; beyond that the
            answer is 429 with Retry-After, or no connection.
            """
        );
}
