using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>Each view, in light and in dark, has nothing that axe calls serious or critical.</summary>
[Collection(ThePage.Name)]
public sealed class PageAccessibilityTests(PageService service)
{
    public static TheoryData<bool> Schemes { get; } = [false, true];

    /// <summary>A few of the images are as accessible as all.</summary>
    private string Few => "&in=" + Uri.EscapeDataString(Path.Combine(service.Photos, "names"));

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task TheSearchIsAccessible(bool isDark)
    {
        await using PageVisit visit = await service.VisitAsync(screen: new(IsDark: isDark));
        await CheckAsync(visit);
        await visit.GoAsync("?q=a+red+flag" + Few);

        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));
        // Only then: the page writes the query's words anew once it has read the image.
        await Expect(visit.Terms).ToHaveCountAsync(2);
        await visit.SearchAsync("a red flag - 2:a star");
        await Expect(visit.Terms).ToHaveCountAsync(3);
        await visit.SaysAsync("of");
        await visit.Page.Locator("#filters summary").ClickAsync();
        await CheckAsync(visit);

        await visit.SearchAsync("5000:red");
        await Expect(visit.Notice).Not.ToBeEmptyAsync();
        await CheckAsync(visit);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task NothingFitsIsAccessible(bool isDark)
    {
        await using PageVisit visit = await service.VisitAsync("?q=a+dog+on+a+beach" + Few, new(IsDark: isDark));
        await visit.SaysAsync("Nothing fits");
        await CheckAsync(visit);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task ThePanelIsAccessible(bool isDark)
    {
        await using PageVisit visit = await service.VisitAsync("?q=a+red+flag+-+a+star" + Few, new(IsDark: isDark));
        await visit.SaysAsync("of");
        await visit.Cells.First.ClickAsync();
        await Expect(visit.Panel).ToBeVisibleAsync();
        await CheckAsync(visit);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task APhoneIsAccessible(bool isDark)
    {
        await using PageVisit visit = await service.VisitAsync("?q=a+red+flag" + Few, new(360, 740, isDark, IsTouched: true));
        await visit.SaysAsync("of");
        await CheckAsync(visit);
        await visit.Cells.First.TapAsync();
        await Expect(visit.Panel).ToBeVisibleAsync();
        await CheckAsync(visit);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task ClassificationIsAccessible(bool isDark)
    {
        await using PageVisit visit = await service.VisitAsync("?view=classify", new(IsDark: isDark));
        await Expect(visit.Page.GetByLabel("Choose from")).ToBeVisibleAsync();
        await CheckAsync(visit);

        await visit.Page.FillAsync("[name=labels]", "a red disc, a star");
        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));
        await Expect(visit.Page.Locator("#classify-status")).ToHaveTextAsync(new Regex("^Most likely"));
        await CheckAsync(visit);
    }

    [Fact]
    public async Task CountsAreToldAndControlsAreNamed()
    {
        await using PageVisit visit = await service.VisitAsync("?q=a+red+flag");
        await visit.SaysAsync("of");

        await Expect(visit.Page.GetByRole(AriaRole.Status).First).ToContainTextAsync("of");
        await Expect(visit.Page.GetByRole(AriaRole.Search)).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Words to look for" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Search", Exact = true }))
            .ToHaveAttributeAsync("aria-current", "page");
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Page.GetByText("Skip to the results")).ToBeFocusedAsync();
    }

    /// <summary>Colors are judged when nothing moves any more.</summary>
    private static async Task SettleAsync(PageVisit visit) =>
        await visit.Page.EvaluateAsync(
            "() => Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => true)"
        );

    private static async Task CheckAsync(PageVisit visit)
    {
        await SettleAsync(visit);
        AxeResult result = await visit.Page.RunAxe();
        string[] wrong =
        [
            .. result
                .Violations.Where(static each => each.Impact is "serious" or "critical")
                .Select(static each =>
                    $"{each.Id}: {each.Help}: {string.Join(' ', each.Nodes.Select(static node => node.Html))}"
                ),
        ];

        Assert.Empty(wrong);
        Assert.NotEmpty(result.Passes);
    }
}
