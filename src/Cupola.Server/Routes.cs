using Cupola.Server.Classify;
using Cupola.Server.Dialects;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Cupola.Server.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cupola.Server;

/// <summary>What is answered where, with what the API's document says of it.</summary>
internal static class Routes
{
    private const string JsonType = "application/json";

    /// <summary>Maps everything.</summary>
    public static void Map(WebApplication app, bool hasIndex)
    {
        MapPage(app);
        MapState(app);
        MapEmbeddings(app);
        MapClassify(app);
        MapDialects(app);
        if (hasIndex)
        {
            MapSearch(app);
        }

        ApiDocument.Map(app);
    }

    private static void MapPage(WebApplication app)
    {
        // Whoever reads HTML gets the page; immich's server asks here for what its machine learning says.
        app.MapGet("/", static (HttpContext context) =>
                context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                    ? PageFiles.Get("index.html", context)
                    : Results.Json(new ImmichRoot("Immich ML"), Answers.Json)
            )
            .ExcludeFromDescription();
        app.MapGet("/page/{**name}", static (string name, HttpContext context) => PageFiles.Get(name, context))
            .ExcludeFromDescription();
    }

    private static void MapState(WebApplication app)
    {
        IHostApplicationLifetime life = app.Services.GetRequiredService<IHostApplicationLifetime>();
        MetricsText metrics = app.Services.GetRequiredService<MetricsText>();
        app.MapGet("/health/live", static () => Results.Text("Healthy")).Describe<string>("State", "Whether the service runs");
        app.MapGet("/health/ready", () =>
                life.ApplicationStopping.IsCancellationRequested
                    ? Results.Text("Stopping", statusCode: StatusCodes.Status503ServiceUnavailable)
                    : Results.Text("Healthy")
            )
            .Describe<string>("State", "Whether the service takes requests");
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), MetricsText.ContentType))
            .Describe<string>("State", "What was counted, for Prometheus");
    }

    private static void MapEmbeddings(WebApplication app)
    {
        EmbeddingsEndpoint embeddings = app.Services.GetRequiredService<EmbeddingsEndpoint>();
        app.MapPost("/v1/embeddings", (Delegate)embeddings.EmbedAsync)
            .Accepts<EmbeddingsRequest>(JsonType)
            .Describe<EmbeddingsResponse>(
                "Embeddings",
                "Embed texts and images (OpenAI's form; Jina's and Infinity's for images)"
            );
        app.MapGet("/v1/models", embeddings.Models).Describe<ModelsResponse>("Embeddings", "The model");
    }

    private static void MapClassify(WebApplication app)
    {
        ClassifyEndpoint classify = app.Services.GetRequiredService<ClassifyEndpoint>();
        app.MapPost("/v1/classify", (Delegate)classify.ClassifyAsync)
            .Accepts<ClassifyRequest>(JsonType)
            .Describe<ClassifyResponse>(
                "Classification",
                "Say what images show (Hugging Face's form gets a list of label and score)"
            );
        app.MapGet("/v1/classifiers", classify.List)
            .Describe<ClassifiersResponse>("Classification", "Label sets, prompts and classifiers that requests can name");
    }

    private static void MapSearch(WebApplication app)
    {
        SearchEndpoint search = app.Services.GetRequiredService<SearchEndpoint>();
        IndexedFiles files = app.Services.GetRequiredService<IndexedFiles>();
        app.MapPost("/v1/search", (Delegate)search.SearchAsync)
            .Accepts<SearchRequest>(JsonType)
            .Describe<SearchResponse>("Search", "Find images of the index by words, by images, and by both");
        app.MapGet("/v1/index", (Delegate)search.DescribeAsync).Describe<IndexResponse>("Search", "What is in the index");
        app.MapGet("/v1/images/{id:long}", files.GetAsync)
            .Describe<byte[]>("Search", "An image's file, of whatever kind it is", "image/jpeg");
        app.MapGet("/v1/images/{id:long}/thumbnail", files.ThumbnailAsync)
            .Describe<byte[]>("Search", "A small JPEG of an image", "image/jpeg");
        KnnEndpoint knn = app.Services.GetRequiredService<KnnEndpoint>();
        app.MapPost("/knn-service", (Delegate)knn.FindAsync)
            .Accepts<KnnRequest>(JsonType)
            .Describe<IReadOnlyList<KnnResult>>("Dialects", "clip-retrieval's search");
    }

    private static void MapDialects(WebApplication app)
    {
        ImmichEndpoint immich = app.Services.GetRequiredService<ImmichEndpoint>();
        app.MapPost("/predict", (Delegate)immich.PredictAsync)
            .Accepts<IFormFile>("multipart/form-data")
            .Describe<ImmichResponse>("Dialects", "immich's machine learning: a form of 'entries', and an 'image' or a 'text'");
        app.MapGet("/ping", static () => Results.Text("pong")).Describe<string>("Dialects", "immich's question for life");
        WeaviateEndpoint weaviate = app.Services.GetRequiredService<WeaviateEndpoint>();
        app.MapPost("/vectorize", (Delegate)weaviate.VectorizeAsync)
            .Accepts<VectorizeRequest>(JsonType)
            .Describe<VectorizeResponse>("Dialects", "Weaviate's multi2vec-clip");
        app.MapGet("/meta", weaviate.Meta).Describe<WeaviateMeta>("Dialects", "What Weaviate asks of the model");
        app.MapGet("/.well-known/live", static () => Results.NoContent()).ExcludeFromDescription();
        app.MapGet("/.well-known/ready", static () => Results.NoContent()).ExcludeFromDescription();
    }

    /// <summary>What the document says of one route.</summary>
    private static void Describe<T>(this RouteHandlerBuilder route, string group, string summary, string? type = null) =>
        route
            .WithTags(group)
            .WithSummary(summary)
            .WithDescription(summary + ".")
            .Produces<T>(StatusCodes.Status200OK, type ?? (typeof(T) == typeof(string) ? "text/plain" : JsonType));
}
