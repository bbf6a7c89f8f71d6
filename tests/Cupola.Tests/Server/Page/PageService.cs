using Cupola.Prompts;
using Cupola.Server;
using Cupola.ZeroShot;
using Microsoft.Playwright;

namespace Cupola.Tests.Server.Page;

/// <summary>The real service over a small index, and Debian's Chromium, for all tests of the page.</summary>
public sealed class PageService : IAsyncLifetime
{
    private static readonly string[] UsualPlaces =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    private readonly string? _chromium = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named
        ? named
        : Array.Find(UsualPlaces, File.Exists);

    private readonly List<IAsyncDisposable> _running = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>How many images the index has.</summary>
    public int Count { get; private set; }

    /// <summary>The folder of the images.</summary>
    public string Photos { get; } = TestFolder.New();

    /// <summary>The service's address, with a slash at its end.</summary>
    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (_chromium is null)
        {
            return;
        }

        Count = PageGallery.Write(Photos);
        ImageIndex index = ImageIndex.Open(TestFolder.New(), RunningService.Model);
        index.Update(Photos);
        Address = await StartAsync(index);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = _chromium,
                Args = ["--no-sandbox", "--disable-dev-shm-usage"],
                Timeout = PageVisit.Longest,
            }
        );
        Assertions.SetDefaultExpectTimeout(PageVisit.Longest);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        foreach (IAsyncDisposable service in _running)
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>Opens the page as a person of a certain screen does; the test is skipped where there is no browser.</summary>
    /// <param name="path">What follows the service's address.</param>
    /// <param name="screen">The screen; a desktop's in light where null.</param>
    /// <param name="address">Another service's address.</param>
    internal async Task<PageVisit> VisitAsync(string path = "", PageScreen? screen = null, string? address = null)
    {
        Assert.SkipWhen(_browser is null, "This test needs Chromium; install it, or set CHROMIUM to its path.");
        PageVisit visit = await PageVisit.OpenAsync(_browser!, screen ?? new(), address ?? Address);
        await visit.GoAsync(path);
        return visit;
    }

    /// <summary>Starts a further service, which runs until all tests have.</summary>
    /// <param name="index">Its index; null for none.</param>
    /// <returns>Its address.</returns>
    internal async Task<string> StartAsync(ImageIndex? index)
    {
        ClipEmbedder model = RunningService.Model;
        PromptSet prompts = PromptSet.FromTemplates(["red", "blue"], [new("a {} flag")]);
        ServiceSettings settings = new()
        {
            ModelName = "flags",
            Urls = ["http://127.0.0.1:0"],
            Limits = new() { Time = RunningService.Longest, Idle = RunningService.Longest },
            Classifiers = new(
                new Dictionary<string, IReadOnlyList<string>> { ["colors"] = ["red", "green", "blue"] },
                new Dictionary<string, PromptSource>
                {
                    ["said"] = PromptSource.Read(Path.Combine(SharedFolder.Root, "samples", "FlagWorld", "real-prompts.json")),
                },
                new Dictionary<string, ILabelClassifier> { ["two colors"] = ZeroShotClassifier.Create(model, prompts) }
            ),
        };
        CupolaService service = CupolaService.Create(model, index, settings);
        await service.StartAsync(CancellationToken.None);
        _running.Add(service);
        return service.Addresses.Single() + "/";
    }
}

/// <summary>All tests of the page share one browser and one service.</summary>
[CollectionDefinition(Name)]
public sealed class ThePage : ICollectionFixture<PageService>
{
    public const string Name = "The page";
}
