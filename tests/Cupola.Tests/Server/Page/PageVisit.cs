using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>A screen.</summary>
internal sealed record PageScreen(int Width = 1280, int Height = 860, bool IsDark = false, bool IsTouched = false);

/// <summary>One person's visit to the page. At its end nothing may have gone wrong in the page itself.</summary>
internal sealed class PageVisit : IAsyncDisposable
{
    /// <summary>Milliseconds for which anything is waited: a machine with much else to do is slow, not broken.</summary>
    public const float Longest = 120_000;

    private readonly IBrowserContext _context;
    private readonly string _address;
    private readonly List<string> _faults = [];

    private PageVisit(IBrowserContext context, IPage page, string address) =>
        (_context, Page, _address) = (context, page, address);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>The sentence that says how many images were found, of the last search or of the one before.</summary>
    public ILocator Status => Page.Locator("#status");

    /// <summary>What is wrong, in the service's words.</summary>
    public ILocator Notice => Page.Locator("#notice");

    /// <summary>All thumbnails, in their order.</summary>
    public ILocator Cells => Page.Locator(".cell a");

    /// <summary>The same, as pictures, whose texts are the images' names.</summary>
    public ILocator Pictures => Page.Locator(".cell img");

    /// <summary>The side panel.</summary>
    public ILocator Panel => Page.Locator("#panel");

    /// <summary>The terms of the query.</summary>
    public ILocator Terms => Page.Locator("#terms .chip");

    /// <summary>The bodies of the searches that the page has sent.</summary>
    public List<JsonElement> Searches { get; } = [];

    /// <summary>Requests to anything but the service.</summary>
    public List<string> Foreign { get; } = [];

    public static async Task<PageVisit> OpenAsync(IBrowser browser, PageScreen screen, string address)
    {
        IBrowserContext context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = screen.Width, Height = screen.Height },
                ColorScheme = screen.IsDark ? ColorScheme.Dark : ColorScheme.Light,
                HasTouch = screen.IsTouched,
                BaseURL = address,
            }
        );
        context.SetDefaultTimeout(Longest);
        PageVisit visit = new(context, await context.NewPageAsync(), address);
        visit.Listen();
        return visit;
    }

    public async ValueTask DisposeAsync()
    {
        IReadOnlyList<BrowserContextCookiesResult> cookies = await _context.CookiesAsync();
        await _context.DisposeAsync();
        Assert.Empty(_faults);
        Assert.Empty(Foreign);
        Assert.Empty(cookies);
    }

    /// <summary>Goes to an address of the page.</summary>
    public async Task GoAsync(string path) => await Page.GotoAsync(_address + path);

    /// <summary>Types words and presses Enter.</summary>
    public async Task SearchAsync(string words)
    {
        await Page.FillAsync("#words", words);
        await Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>
    /// Waits until the sentence is as expected and no search is under way, both at once: while one is, the sentence of the search
    /// before still stands there.
    /// </summary>
    public async Task SaysAsync(string pattern) =>
        await Expect(Page.Locator("#search:has(#found[aria-busy=false]) #status")).ToHaveTextAsync(new Regex(pattern));

    /// <summary>
    /// Does what makes the page search, and waits until it has asked the service, as what a file holds is read only after it was
    /// dropped; from then on <see cref="SaysAsync"/> waits for the answer.
    /// </summary>
    public Task AskAsync(Func<Task> action) => Page.RunAndWaitForRequestAsync(action, "**/v1/search");

    /// <summary>Lets the service see the questions for more of what was found only after something has happened.</summary>
    public Task LaterPagesAsync(Func<Task> happens) => Page.RouteAsync("**/v1/search", async route =>
        {
            if (JsonDocument.Parse(route.Request.PostData!).RootElement.GetProperty("offset").GetInt32() > 0)
            {
                await happens();
            }

            await route.ContinueAsync();
        });

    /// <summary>Waits until these images are shown and no others.</summary>
    public async Task ShowsAsync(params string[] names)
    {
        await Expect(Pictures).ToHaveCountAsync(names.Length);
        foreach ((int place, string name) in names.Index())
        {
            await Expect(Pictures.Nth(place)).ToHaveAttributeAsync("alt", name);
        }
    }

    /// <summary>The names of the first images, at once: what is to change them must have been waited for.</summary>
    public async Task<string[]> NamesAsync(int count) =>
        [.. (await Pictures.EvaluateAllAsync<string[]>("images => images.map(image => image.alt)")).Take(count)];

    /// <summary>Drops files, or anything else that has a type, anywhere on the page.</summary>
    public Task DropAsync(params (string Name, string Type, byte[] Bytes)[] files) =>
        SendFilesAsync("dragenter drop", "dataTransfer", files);

    /// <summary>Pastes files.</summary>
    public Task PasteAsync(params (string Name, string Type, byte[] Bytes)[] files) =>
        SendFilesAsync("paste", "clipboardData", files);

    /// <summary>Drops a text of a type, as a link has one.</summary>
    public Task DropTextAsync(string type, string text) =>
        Page.EvaluateAsync(
            """
            ([type, text]) => {
              const dataTransfer = new DataTransfer();
              dataTransfer.setData(type, text);
              document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
            }
            """,
            new[] { type, text }
        );

    private async Task SendFilesAsync(string events, string property, (string Name, string Type, byte[] Bytes)[] files) =>
        await Page.EvaluateAsync(
            """
            ([events, property, files]) => {
              const data = new DataTransfer();
              for (const { name, type, base64 } of files) {
                const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
                data.items.add(new File([bytes], name, { type }));
              }
              const Kind = property === "dataTransfer" ? DragEvent : ClipboardEvent;
              for (const name of events.split(" ")) {
                document.body.dispatchEvent(new Kind(name, { [property]: data, bubbles: true, cancelable: true }));
              }
            }
            """,
            new object[]
            {
                events,
                property,
                files
                    .Select(static file => new
                    {
                        name = file.Name,
                        type = file.Type,
                        base64 = Convert.ToBase64String(file.Bytes),
                    })
                    .ToArray(),
            }
        );

    private void Listen()
    {
        Page.PageError += (_, fault) => _faults.Add(fault);
        Page.Console += (_, message) =>
        {
            // What the service refuses is told in a line of the browser's too.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _faults.Add(message.Text);
            }
        };
        Page.Dialog += (_, dialog) => _faults.Add(dialog.Message);
        Page.Request += (_, request) =>
        {
            if (request.Url.EndsWith("/v1/search", StringComparison.Ordinal))
            {
                Searches.Add(JsonDocument.Parse(request.PostData!).RootElement);
            }

            if (!new[] { _address, "data:", "blob:" }.Any(start => request.Url.StartsWith(start, StringComparison.Ordinal)))
            {
                Foreign.Add(request.Url);
            }
        };
    }
}
