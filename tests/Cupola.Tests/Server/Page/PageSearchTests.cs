using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>A person searches by words.</summary>
[Collection(ThePage.Name)]
public sealed class PageSearchTests(PageService service)
{
    private const string Sweden = "a blue flag with a yellow cross";

    [Fact]
    public async Task WordsFindImagesAndTheAddressHoldsThem()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.Page.Keyboard.PressAsync("/");
        await visit.Page.Keyboard.TypeAsync(Sweden);
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.SaysAsync($@"^\d+ of {service.Count} images fits?\.$");
        Assert.StartsWith("Sweden", (await visit.NamesAsync(1))[0], StringComparison.Ordinal);
        Assert.Equal($"{service.Address}?q={Sweden.Replace(' ', '+')}", visit.Page.Url);
        await Expect(visit.Page).ToHaveTitleAsync($"{Sweden} · Cupola");

        await using PageVisit other = await service.VisitAsync(new Uri(visit.Page.Url).Query);
        await other.SaysAsync("fit");
        Assert.Equal(await visit.NamesAsync(20), await other.NamesAsync(20));
    }

    [Fact]
    public async Task LikelyImagesComeFirstAndOthersApart()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.SearchAsync(Sweden);

        await visit.SaysAsync("fit");
        int likely = await visit.Page.Locator("#likely .cell").CountAsync();
        Assert.Equal(
            $"{likely} of {service.Count} images {(likely == 1 ? "fits" : "fit")}.",
            await visit.Status.TextContentAsync()
        );
        await Expect(visit.Page.Locator("#apart-title")).ToHaveTextAsync("Less likely");
        Assert.True(await visit.Page.Locator("#unlikely .cell").CountAsync() > 0);
    }

    [Fact]
    public async Task NothingFitsIsSaidPlainly()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.SearchAsync("a dog on a beach");

        await visit.SaysAsync($"^Nothing fits. Of {service.Count} images");
        await Expect(visit.Page.Locator("#likely .cell")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator("#apart-title")).ToHaveTextAsync("Unlikely");
        Assert.True(await visit.Page.Locator("#unlikely .cell").CountAsync() > 10);
    }

    [Fact]
    public async Task TermsAreChangedAndRemovedByTheirChips()
    {
        await using PageVisit visit = await service.VisitAsync();
        await visit.SearchAsync("a red flag + 2:a star - a cross");
        await visit.SaysAsync(".");
        await Expect(visit.Terms).ToHaveCountAsync(3);
        string[] before = await visit.NamesAsync(20);

        await visit.Page.GetByLabel("Weight of a star").FocusAsync();
        await visit.Page.GetByLabel("Weight of a star").SelectOptionAsync("5");
        await Expect(visit.Page.Locator("#words")).ToHaveValueAsync("a red flag + 5:a star - a cross");
        await visit.SaysAsync(".");
        await Expect(visit.Page.GetByLabel("Weight of a star")).ToBeFocusedAsync();
        Assert.NotEqual(before, await visit.NamesAsync(20));

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "a star is wanted; leave it out" }).ClickAsync();
        await Expect(visit.Page.Locator("#words")).ToHaveValueAsync("a red flag - 5:a star - a cross");
        await visit.Page.GetByLabel("Remove a red flag").ClickAsync();
        await Expect(visit.Terms).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator("#words")).ToHaveValueAsync("- 5:a star - a cross");
        await visit.SaysAsync(".");

        JsonElement last = visit.Searches[^1].GetProperty("terms");
        Assert.Equal([-5, -1], last.EnumerateArray().Select(static term => term.GetProperty("weight").GetDouble()));
    }

    [Fact]
    public async Task FiltersHoldForTheSearch()
    {
        await using PageVisit visit = await service.VisitAsync("?q=gray");
        await visit.SaysAsync("fit");
        await visit.Page.Locator("#filters summary").ClickAsync();

        await visit.Page.GetByLabel("Camera").SelectOptionAsync(new SelectOptionValue { Label = "Canon EOS 5D" });
        await visit.SaysAsync(@"\b1 image");
        await visit.ShowsAsync("spring.jpg");

        await visit.Page.GetByLabel("Camera").SelectOptionAsync("");
        await visit.Page.GetByLabel("Taken from").FillAsync("2020");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.ShowsAsync("autumn.jpg");

        await visit.Page.GetByLabel("Taken before").FillAsync("2021-05");
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.SaysAsync("^No image passes the filters");
        await Expect(visit.Page.Locator("#filters summary")).ToHaveTextAsync("Filters (2)");

        await visit.Page.GetByLabel("Taken before").FillAsync("next year");
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Notice).ToContainTextAsync("'before' is a year, a month or a day");

        await visit.GoAsync("?q=gray&in=" + Uri.EscapeDataString(Path.Combine(service.Photos, "photos")));
        await visit.SaysAsync("2 images");
    }

    [Fact]
    public async Task ScrollingLoadsEachPageOnceUntilAllAreThere()
    {
        await using PageVisit visit = await service.VisitAsync();
        TaskCompletionSource counted = new();
        await visit.LaterPagesAsync(async () =>
        {
            await counted.Task;
            await Task.Delay(400);
        });
        await visit.GoAsync("?q=" + Uri.EscapeDataString("a red flag"));
        await visit.SaysAsync("fit");
        int shown = await visit.Cells.CountAsync();
        Assert.InRange(shown, 1, 120);
        counted.SetResult();

        while (shown < service.Count)
        {
            // Down, and once more while the next page is on its way.
            await visit.Page.EvaluateAsync(
                """
                async () => {
                  const drawn = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 30)));
                  for (const place of [1e6, 0, 1e6, 0, 1e6]) {
                    scrollTo(0, place);
                    await drawn();
                  }
                }
                """
            );
            await Expect(visit.Cells).Not.ToHaveCountAsync(shown);
            shown = await visit.Cells.CountAsync();
        }

        int[] offsets = [.. visit.Searches.Select(static search => search.GetProperty("offset").GetInt32())];
        Assert.Equal(offsets.Distinct(), offsets);
        string[] addresses = await visit.Cells.EvaluateAllAsync<string[]>("links => links.map(link => link.href)");
        Assert.Equal(service.Count, addresses.Distinct().Count());
    }

    [Fact]
    public async Task BackReturnsToTheSameQueryAndTheSamePlace()
    {
        await using PageVisit visit = await service.VisitAsync("?q=" + Uri.EscapeDataString("a red flag"));
        await visit.SaysAsync("fit");
        // At once: a wheel turns on for a while, and would move what is then scrolled to.
        await visit.Page.EvaluateAsync("() => scrollTo(0, 20000)");
        await visit.Page.WaitForFunctionAsync("() => document.querySelectorAll('.cell').length > 100");
        double place = await visit.Page.EvaluateAsync<double>("() => { scrollTo(0, 1400); return scrollY; }");

        await visit.Page.EvaluateAsync(
            """
            () => [...document.querySelectorAll(".cell")].find(cell => cell.getBoundingClientRect().top > 0)
              .querySelector(".like").click()
            """
        );
        await visit.SaysAsync("the most similar first");
        Assert.Equal(0, await visit.Page.EvaluateAsync<double>("() => scrollY"));
        await visit.Page.GoBackAsync();

        await Expect(visit.Page.Locator("#words")).ToHaveValueAsync("a red flag");
        await visit.Page.WaitForFunctionAsync("place => Math.abs(scrollY - place) < 2", place);
        Assert.True(await visit.Cells.CountAsync() > 100);
        await visit.Page.ReloadAsync();
        await visit.Page.WaitForFunctionAsync("place => Math.abs(scrollY - place) < 2", place);
    }

    [Fact]
    public async Task NothingJumpsWhileThumbnailsArrive()
    {
        await using PageVisit visit = await service.VisitAsync("?q=" + Uri.EscapeDataString(Sweden));
        await visit.SaysAsync("fit");

        double shift = await visit.Page.EvaluateAsync<double>(
            """
            () => new Promise(resolve => {
              let sum = 0;
              new PerformanceObserver(list => list.getEntries().forEach(entry => {
                // The search box moves up once, when the first query is asked.
                if (entry.sources.some(source => source.node?.closest?.(".grid"))) sum += entry.value;
              })).observe({ type: "layout-shift", buffered: true });
              setTimeout(() => resolve(sum), 500);
            })
            """
        );

        Assert.Equal(0, shift, 0.001);
    }
}
