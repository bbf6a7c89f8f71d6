using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cupola.Images;
using Cupola.Server;

namespace Cupola.Tests.Server;

/// <summary>A service of the built-in model and a small index, on a port of this machine that is free.</summary>
public sealed class RunningService : IAsyncLifetime
{
    /// <summary>No request is given up because the machine has much else to do.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly ImageIndex _index;
    private CupolaService? _service;

    public RunningService()
        : this(static () => ImageIndex.Open(TestFolder.New(), Model)) { }

    /// <param name="open">Opens the index.</param>
    internal RunningService(Func<ImageIndex> open)
    {
        Photos = Path.Combine(TestFolder.New(), "photos");
        Directory.CreateDirectory(Photos);
        Paint("red.png", 200, 30, 30);
        Paint("blue.png", 30, 30, 200);
        Paint("green.png", 30, 200, 30);
        _index = open();
        Index();
    }

    /// <summary>The model.</summary>
    internal static ClipEmbedder Model => Loaded.Value;

    private static Lazy<ClipEmbedder> Loaded { get; } =
        new(static () => ClipEmbedder.Load(BuiltInModels.Flags, new() { Threads = 2 }));

    /// <summary>The index's folder of images: red, blue and green.</summary>
    internal string Photos { get; }

    /// <summary>What the operator decides; to be set before it starts.</summary>
    internal ServiceSettings Settings { get; set; } =
        new()
        {
            ModelName = "flags",
            IsModel = static name => name == "flags",
            Limits = new() { Time = Longest, Idle = Longest },
        };

    /// <summary>A client without keys.</summary>
    internal HttpClient Client { get; } = new() { Timeout = Longest };

    /// <summary>Makes the meters of this service alone.</summary>
    internal IMeterFactory Meters => _service!.Meters;

    /// <summary>A file's bytes as base64.</summary>
    internal static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(file));

    public async ValueTask InitializeAsync()
    {
        _service = CupolaService.Create(Model, _index, Settings with { Urls = ["http://127.0.0.1:0"] });
        await _service.StartAsync(CancellationToken.None);
        Client.BaseAddress = new(_service.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _index.Dispose();
    }

    /// <summary>Starts a service of its own kind.</summary>
    internal static async Task<RunningService> StartAsync(Func<ServiceSettings, ServiceSettings> change)
    {
        RunningService service = new();
        service.Settings = change(service.Settings);
        await service.InitializeAsync();
        return service;
    }

    /// <summary>Asks it to stop, as a signal does, and waits until it has.</summary>
    internal Task StopAsync() => _service!.WaitForShutdownAsync(new CancellationToken(canceled: true));

    /// <summary>Brings the index up to date.</summary>
    internal void Index() => _index.Update(Photos);

    /// <summary>Where an image of the index lies.</summary>
    internal string At(string name) => Path.Combine(Photos, name);

    /// <summary>Paints an image of one color.</summary>
    internal void Paint(string name, byte red, byte green, byte blue)
    {
        byte[][] pixels = [.. Enumerable.Repeat(new[] { red, green, blue }, 16 * 16)];
        PngFile.Write(At(name), [.. pixels.SelectMany(static pixel => pixel)], 16, 16);
    }

    /// <summary>Sends JSON.</summary>
    internal async Task<Answer> PostAsync(string path, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        return await SendAsync(new(HttpMethod.Post, path) { Content = content });
    }

    /// <summary>Sends what can be written as JSON.</summary>
    internal Task<Answer> PostAsync(string path, object value) => PostAsync(path, JsonSerializer.Serialize(value));

    /// <summary>Asks for something.</summary>
    internal Task<Answer> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    /// <summary>Sends a request.</summary>
    internal async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new(response.StatusCode, bytes, response.Content.Headers.ContentType?.MediaType, response.Headers);
    }
}

/// <summary>What a service answered.</summary>
internal sealed record Answer(HttpStatusCode Status, byte[] Bytes, string? Type, HttpResponseHeaders Headers)
{
    /// <summary>The answer as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The answer as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    /// <summary>What OpenAI's error object says.</summary>
    public string Message => Json.GetProperty("error").GetProperty("message").GetString()!;

    /// <summary>What it says is meant.</summary>
    public string? Parameter => Json.GetProperty("error").GetProperty("param").GetString();

    /// <summary>What problem details say.</summary>
    public string Detail => Json.GetProperty("detail").GetString()!;
}
