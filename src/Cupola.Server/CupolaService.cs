using System.Diagnostics.Metrics;
using Cupola.Server.Classify;
using Cupola.Server.Dialects;
using Cupola.Server.Embedding;
using Cupola.Server.Requests;
using Cupola.Server.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;

namespace Cupola.Server;

/// <summary>A model, and an index if there is one, over HTTP.</summary>
internal sealed class CupolaService : IAsyncDisposable
{
    /// <summary>The environment variables that name a collector of metrics.</summary>
    private static readonly string[] Collectors = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private readonly WebApplication _app;
    private readonly ServiceSettings _settings;

    private CupolaService(WebApplication app, ServiceSettings settings) => (_app, _settings) = (app, settings);

    /// <summary>The addresses it listens at, once it runs; with the port that was found where 0 was asked for.</summary>
    public IEnumerable<string> Addresses => _app.Urls;

    /// <summary>Makes its meters, by which they are told from those of other services of the process.</summary>
    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

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
        IServiceCollection services = builder.Services;
        services.AddSingleton(settings).AddSingleton(settings.Limits).AddSingleton(embedder);
        services.AddSingleton<ServiceMetrics>().AddSingleton<MetricsText>().AddSingleton<DrainingRequests>();
        services.AddSingleton<EmbeddingQueue>();
        services.AddSingleton(new BodyBudget(settings.Limits.AllBodyBytes, settings.Limits.SmallBodyBytes));
        services.AddSingleton<RequestBody>().AddSingleton<RequestImages>().AddSingleton<ClassifierCache>();
        services.AddSingleton<EmbeddingsEndpoint>().AddSingleton<ImmichEndpoint>().AddSingleton<WeaviateEndpoint>();
        services.AddSingleton(provider => new ClassifyEndpoint(
            provider.GetRequiredService<ClassifierCache>(),
            provider.GetRequiredService<RequestImages>(),
            provider.GetRequiredService<RequestBody>(),
            provider.GetService<ServedIndex>(),
            settings
        ));
        if (index is not null)
        {
            services.AddSingleton(_ => new ServedIndex(index));
            services.AddSingleton<ImageSizes>().AddSingleton<IndexedFiles>();
            services.AddSingleton<SearchEndpoint>().AddSingleton<KnnEndpoint>();
        }

        ApiDocument.Add(services, settings.Limits);
        WebApplication app = builder.Build();
        app.Services.GetRequiredService<MetricsText>();
        DrainingRequests draining = app.Services.GetRequiredService<DrainingRequests>();
        app.UseMiddleware<Problems>();
        app.Use(draining.InvokeAsync);
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        Routes.Map(app, hasIndex: index is not null);
        return new(app, settings);
    }

    /// <summary>Begins to listen, once the model has answered for the first time, which takes longer than later.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        EmbeddingQueue queue = _app.Services.GetRequiredService<EmbeddingQueue>();
        int pixels = _app.Services.GetRequiredService<ClipEmbedder>().Preprocessing.ByteCount;
        await queue.EmbedTextsAsync(["a photo"], cancellationToken);
        await queue.EmbedImagesAsync([new byte[pixels]], cancellationToken);
        await _app.StartAsync(cancellationToken);
    }

    /// <summary>Waits until somebody asks it to stop, by a signal or the token; what was accepted is answered first.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration signal = _app.Lifetime.ApplicationStopping.Register(asked.SetResult);
        await using CancellationTokenRegistration token = cancellationToken.Register(_app.Lifetime.StopApplication);
        await asked.Task;
        await _app.Services.GetRequiredService<DrainingRequests>().WaitAsync(_settings.Limits.Time);
        await _app.StopAsync(CancellationToken.None);
    }

    /// <summary>Stops, after what was accepted is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void Configure(WebApplicationBuilder builder, ServiceSettings settings)
    {
        ServiceLimits limits = settings.Limits;
        // RequestGuard sees to names, of which those of this machine are always good.
        builder.Configuration["AllowedHosts"] = "*";
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // RequestBody holds to the limit, and lets who sends more read why not.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxConcurrentConnections = limits.Connections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = limits.Idle;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.BytesPerSecond, limits.Patience);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = limits.Time + TimeSpan.FromSeconds(5));
        // One line says where it listens; what is logged goes to standard error, as lines or as JSON.
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // What keeps it from starting is said in a sentence by whoever starts it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            // The slim builder has chosen already, whatever the operator says.
            console.FormatterName = builder.Configuration["Logging:Console:FormatterName"] ?? ConsoleFormatterNames.Simple;
        });
        if (Collectors.Any(setting => builder.Configuration[setting] is not null))
        {
            builder
                .Services.AddOpenTelemetry()
                .WithMetrics(static metrics => metrics.AddMeter([.. MetricsText.Meters]).AddOtlpExporter());
        }
    }
}
