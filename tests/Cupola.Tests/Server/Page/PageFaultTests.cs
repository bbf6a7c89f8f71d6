using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>What the page does where not all goes well.</summary>
[Collection(ThePage.Name)]
public sealed class PageFaultTests(PageService service)
{
    private const string SearchPath = "**/v1/search";

    [Fact]
    public async Task AnAnswerThatComesLateDoesNotReplaceALaterOne()
    {
        await using PageVisit visit = await service.VisitAsync();
        TaskCompletionSource late = new(),
            given = new();
        await visit.Page.RouteAsync(SearchPath, async route =>
        {
            if (route.Request.PostData!.Contains("a red flag", StringComparison.Ordinal))
            {
                // Fetched, but given to the page only when the later question has been answered.
                IAPIResponse answer = await route.FetchAsync();
                await late.Task;
                try
                {
                    await route.FulfillAsync(new() { Response = answer });
                }
                catch (PlaywrightException)
                {
                    // The page has given the question up.
                }

                given.SetResult();
            }
            else
            {
                await route.ContinueAsync();
            }
        });

        await visit.SearchAsync("a red flag");
        await visit.SearchAsync("a blue flag with a yellow cross");
        await visit.SaysAsync("fit");
        late.SetResult();
        await given.Task;
        await visit.Page.WaitForTimeoutAsync(300);

        Assert.StartsWith("Sweden", (await visit.NamesAsync(1))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABusyServiceIsAskedAgainLater()
    {
        await using PageVisit visit = await service.VisitAsync();
        int refused = 0;
        TaskCompletionSource said = new();
        await visit.Page.RouteAsync(SearchPath, async route =>
        {
            if (refused++ < 1)
            {
                await route.FulfillAsync(
                    new()
                    {
                        Status = 429,
                        Headers = new Dictionary<string, string> { ["Retry-After"] = "1" },
                    }
                );
            }
            else
            {
                // The sentence stands there until the answer.
                await said.Task;
                await route.ContinueAsync();
            }
        });

        await visit.SearchAsync("a red flag");

        await Expect(visit.Status).ToHaveTextAsync("The service is busy; the page asks again in 1 s.");
        said.SetResult();
        await visit.SaysAsync("fit");
        Assert.Equal(2, visit.Searches.Count(static search => search.GetProperty("offset").GetInt32() == 0));
    }

    [Fact]
    public async Task WhatIsWrongIsSaidInTheServicesOwnSentence()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.SearchAsync("5000:red");
        await Expect(visit.Notice).ToHaveTextAsync("A weight is a number up to 1000, and not 0.");
        await visit.SearchAsync("red - + blue");
        await Expect(visit.Notice).ToContainTextAsync("There is no term before the “+”");
        await visit.SearchAsync("#123456");
        await Expect(visit.Notice).ToHaveTextAsync("The index has no image of the number 123456.");
        await visit.Page.GetByLabel("Remove #123456").ClickAsync();
        await visit.SearchAsync("a red flag");
        await visit.SaysAsync("fit");
        await Expect(visit.Notice).ToBeEmptyAsync();
    }

    [Fact]
    public async Task AServiceThatIsGoneIsSaidToBe()
    {
        await using PageVisit visit = await service.VisitAsync();
        await visit.Page.RouteAsync(SearchPath, static route => route.AbortAsync("connectionrefused"));

        await visit.SearchAsync("a red flag");

        await Expect(visit.Notice).ToContainTextAsync("The service cannot be reached; see whether “cupola serve” still runs.");
    }

    [Fact]
    public async Task AThumbnailThatIsGoneLeavesItsPlace()
    {
        await using PageVisit visit = await service.VisitAsync();
        await visit.Page.RouteAsync("**/thumbnail?*", static route => route.FulfillAsync(new() { Status = 404 }));

        await visit.SearchAsync("a red flag");

        await Expect(visit.Page.Locator(".cell").First).ToHaveClassAsync(new Regex("gone"));
        double[] sides = await visit
            .Page.Locator(".cell")
            .First.EvaluateAsync<double[]>("cell => [cell.offsetWidth, cell.offsetHeight]");
        Assert.Equal(sides[0], sides[1]);
    }

    [Fact]
    public async Task AnEmptyIndexIsExplainedWithTheCommand()
    {
        Assert.SkipWhen(service.Address.Length == 0, "This test needs Chromium; install it, or set CHROMIUM to its path.");
        string address = await service.StartAsync(ImageIndex.Open(TestFolder.New(), RunningService.Model));
        await using PageVisit visit = await service.VisitAsync(address: address);

        await Expect(visit.Notice).ToContainTextAsync("The index is empty.");
        await Expect(visit.Notice.Locator("code")).ToHaveTextAsync("cupola index ~/Pictures --model flags");
    }

    [Fact]
    public async Task AnIndexWithoutThisModelIsExplainedWithTheCommand()
    {
        Assert.SkipWhen(service.Address.Length == 0, "This test needs Chromium; install it, or set CHROMIUM to its path.");
        string folder = TestFolder.New(),
            photos = Path.Combine(TestFolder.New(), "my photos");
        Directory.CreateDirectory(photos);
        File.WriteAllBytes(Path.Combine(photos, "sun.png"), PageGallery.Japan);
        using (ImageIndex other = ImageIndex.Open(folder, RunningService.Model, orient: false))
        {
            other.Update(photos);
        }

        string address = await service.StartAsync(ImageIndex.Open(folder, RunningService.Model));
        await using PageVisit visit = await service.VisitAsync(address: address);

        await Expect(visit.Notice).ToContainTextAsync("have not been embedded with this model");
        await Expect(visit.Notice.Locator("code")).ToHaveTextAsync($"cupola index '{photos}' --model flags");
    }

    [Fact]
    public async Task AServiceWithoutAnIndexStillClassifies()
    {
        Assert.SkipWhen(service.Address.Length == 0, "This test needs Chromium; install it, or set CHROMIUM to its path.");
        string address = await service.StartAsync(index: null);
        await using PageVisit visit = await service.VisitAsync(address: address);

        await Expect(visit.Notice).ToContainTextAsync("This service has no index");
        await visit.GoAsync("?view=classify&labels=a+red+disc,a+star");
        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));
        await Expect(visit.Page.Locator("#classify-status")).ToHaveTextAsync(new Regex("^Most likely"));
    }
}
