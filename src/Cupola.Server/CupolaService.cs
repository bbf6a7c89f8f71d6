using Cupola.Server.Classify;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Cupola.Server.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cupola.Server;

/// <summary>A model, and an index if there is one, over HTTP.</summary>
internal sealed class CupolaService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly EmbeddingQueue _queue;

    private CupolaService(WebApplication app, EmbeddingQueue queue) => (_app, _queue) = (app, queue);

    /// <summary>The addresses it listens at, once it runs; with the port that was found where 0 was asked for.</summary>
    public IEnumerable<string> Addresses => _app.Urls;

    /// <summary>Puts a service together; it runs when it is started.</summary>
    /// <param name="embedder">The model; it stays the caller's.</param>
    /// <param name="index">The index; it stays the caller's. Null for none.</param>
    /// <param name="settings">What the operator decided.</param>
    public static CupolaService Create(ClipEmbedder embedder, ImageIndex? index, ServiceSettings settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            // Settings lie beside the program and in the environment, never in the folder somebody happens to be in.
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        Configure(builder, settings);
        EmbeddingQueue queue = new(embedder, settings.Limits);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(settings.Limits);
        builder.Services.AddSingleton(embedder);
        builder.Services.AddSingleton(queue);
        builder.Services.AddSingleton(new BodyBudget(settings.Limits.AllBodyBytes));
        builder.Services.AddSingleton<RequestBody>();
        builder.Services.AddSingleton<RequestImages>();
        builder.Services.AddSingleton<ClassifierCache>();
        builder.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<ClassifyEndpoint>(services, [.. Optional(services.GetService<ServedIndex>())])
        );
        if (index is not null)
        {
            builder.Services.AddSingleton(new ServedIndex(index));
            builder.Services.AddSingleton<ImageSizes>();
            builder.Services.AddSingleton<IndexedFiles>();
            builder.Services.AddSingleton<SearchEndpoint>();
        }

        WebApplication app = builder.Build();
        app.UseMiddleware<Problems>();
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        MapPage(app);
        MapClassify(app);
        MapSearch(app, index is not null);
        return new(app, queue);
    }

    /// <summary>Begins to listen.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    /// <summary>Waits until somebody asks it to stop, by a signal or the token; what was accepted is answered first.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops, after what was accepted is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _queue.DisposeAsync();
        await _app.DisposeAsync();
    }

    private static void Configure(WebApplicationBuilder builder, ServiceSettings settings)
    {
        ServiceLimits limits = settings.Limits;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
            kestrel.Limits.MaxConcurrentConnections = limits.Connections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = limits.Time + TimeSpan.FromSeconds(5));
        // One line says where it listens; what is logged goes to standard error, as lines or as JSON.
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void MapPage(WebApplication app)
    {
        app.MapGet("/", static (HttpContext context) => PageFiles.Get("index.html", context));
        app.MapGet("/page/{**name}", static (string name, HttpContext context) => PageFiles.Get(name, context));
    }

    private static void MapClassify(WebApplication app)
    {
        ClassifyEndpoint classify = app.Services.GetRequiredService<ClassifyEndpoint>();
        app.MapPost("/v1/classify", (Delegate)classify.ClassifyAsync);
        app.MapGet("/v1/classifiers", classify.List);
    }

    private static void MapSearch(WebApplication app, bool hasIndex)
    {
        if (!hasIndex)
        {
            return;
        }

        SearchEndpoint search = app.Services.GetRequiredService<SearchEndpoint>();
        IndexedFiles files = app.Services.GetRequiredService<IndexedFiles>();
        app.MapPost("/v1/search", (Delegate)search.SearchAsync);
        app.MapGet("/v1/index", (Delegate)search.DescribeAsync);
        app.MapGet("/v1/images/{id:long}", files.GetAsync);
        app.MapGet("/v1/images/{id:long}/thumbnail", files.ThumbnailAsync);
    }

    private static IEnumerable<object> Optional(object? value) => value is null ? [] : [value];
}
