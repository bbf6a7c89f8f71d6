using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>A person looks at one image and why it was found, by mouse, by keyboard and on a phone.</summary>
[Collection(ThePage.Name)]
public sealed class PagePanelTests(PageService service)
{
    private const string Query = "?q=a+blue+flag+with+a+yellow+cross+-+2:a+star";
    private const string Place = """
        () => {
          const place = document.activeElement.getBoundingClientRect();
          return [place.left + scrollX, place.top + scrollY, place.height];
        }
        """;

    private const string Focused = "() => document.activeElement.getAttribute('href') ?? document.activeElement.id";

    [Fact]
    public async Task ThePanelShowsTheImageAndWhyItWasFound()
    {
        await using PageVisit visit = await service.VisitAsync(Query);
        await visit.SaysAsync("of");
        string name = (await visit.NamesAsync(1))[0];

        await visit.Cells.First.ClickAsync();

        await Expect(visit.Panel.Locator("h2")).ToHaveTextAsync(name);
        await Expect(visit.Panel.Locator("dl")).ToContainTextAsync(Path.Combine(service.Photos, "flags"));
        await Expect(visit.Panel.Locator("dl")).ToContainTextAsync(new Regex(@"Size\d+ × \d+Score\+\d"));
        await Expect(visit.Panel.Locator(".why")).ToHaveCountAsync(2);
        await Expect(visit.Panel.Locator(".why").First)
            .ToContainTextAsync(new Regex(@"^a blue flag with a yellow crosscosine\+0\.\d{3}σ\+\d\.\d\d$"));
        await Expect(visit.Panel.Locator(".why").Last).ToContainTextAsync(new Regex("^− a star × 2cosine"));
        double width = await visit
            .Panel.Locator(".why .bar .fill")
            .First.EvaluateAsync<double>("bar => bar.getBoundingClientRect().width");
        Assert.True(width > 5);
        await Expect(visit.Panel.Locator("img.large")).ToHaveJSPropertyAsync("complete", true);

        await visit.Panel.GetByRole(AriaRole.Button, new() { Name = "The next image" }).ClickAsync();
        await Expect(visit.Panel.Locator(".place")).ToHaveTextAsync($"2 of {service.Count}");
        await visit.Page.GoBackAsync();
        await Expect(visit.Panel).ToBeHiddenAsync();
        await Expect(visit.Cells).Not.ToHaveCountAsync(0);
    }

    [Fact]
    public async Task ThePanelAddsToTheQueryAndClassifies()
    {
        await using PageVisit visit = await service.VisitAsync("?q=a+red+flag");
        await visit.SaysAsync("of");

        await visit.Cells.First.ClickAsync();
        await visit.Panel.GetByRole(AriaRole.Button, new() { Name = "Less like this" }).ClickAsync();
        await Expect(visit.Terms).ToHaveCountAsync(2);
        await Expect(visit.Terms.Last).ToHaveTextAsync(new Regex("^−#"));
        await Expect(visit.Panel).ToBeHiddenAsync();
        await visit.SaysAsync("of");

        await visit.Cells.First.ClickAsync();
        await visit.Panel.GetByRole(AriaRole.Button, new() { Name = "Classify" }).ClickAsync();
        await Expect(visit.Page.Locator("#subject img")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#search")).ToBeHiddenAsync();
        await visit.Page.GoBackAsync();
        await Expect(visit.Terms).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task EverythingWorksByKeyboard()
    {
        await using PageVisit visit = await service.VisitAsync(Query);
        await visit.SaysAsync("of");
        string[] links = await visit.Cells.EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        IKeyboard keys = visit.Page.Keyboard;

        await visit.Cells.First.FocusAsync();
        await keys.PressAsync("ArrowRight");
        await keys.PressAsync("ArrowRight");
        await keys.PressAsync("ArrowLeft");
        Assert.Equal(links[1], await visit.Page.EvaluateAsync<string>(Focused));
        float[] before = await visit.Page.EvaluateAsync<float[]>(Place);
        await keys.PressAsync("ArrowDown");
        Assert.True((await visit.Page.EvaluateAsync<float[]>(Place))[1] >= before[1] + before[2]);
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("ArrowUp");
        await keys.PressAsync("ArrowUp");
        Assert.Equal(before[1], (await visit.Page.EvaluateAsync<float[]>(Place))[1]);
        await keys.PressAsync("Home");
        await keys.PressAsync("ArrowRight");
        Assert.Equal(links[1], await visit.Page.EvaluateAsync<string>(Focused));

        await keys.PressAsync("Enter");
        await Expect(visit.Panel.Locator("h2")).ToBeFocusedAsync();
        await keys.PressAsync("ArrowRight");
        await Expect(visit.Panel.Locator(".place")).ToHaveTextAsync($"3 of {service.Count}");
        await keys.PressAsync("Escape");
        await Expect(visit.Panel).ToBeHiddenAsync();
        Assert.Equal(links[2], await visit.Page.EvaluateAsync<string>(Focused));

        // Tab goes on to the button of the same thumbnail, not through all of them.
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await visit.SaysAsync("the most similar first");
        await keys.PressAsync("/");
        Assert.Equal("words", await visit.Page.EvaluateAsync<string>(Focused));
    }

    [Fact]
    public async Task TheNextImageIsLoadedWhereThePageOfResultsEnds()
    {
        await using PageVisit visit = await service.VisitAsync();
        TaskCompletionSource seen = new();
        await visit.LaterPagesAsync(() => seen.Task);
        await visit.GoAsync("?q=a+red+flag");
        await visit.SaysAsync("of");
        await visit.Cells.First.FocusAsync();
        await visit.Page.Keyboard.PressAsync("End");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Panel).ToBeVisibleAsync();
        string before = (await visit.Panel.Locator(".place").TextContentAsync())!;
        int place = int.Parse(before.Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.Equal(await visit.Cells.CountAsync(), place);
        seen.SetResult();

        await visit.Page.Keyboard.PressAsync("ArrowRight");

        await Expect(visit.Panel.Locator(".place")).ToHaveTextAsync($"{place + 1} of {service.Count}");
    }

    [Fact]
    public async Task NamesAreTextWhateverIsInThem()
    {
        await using PageVisit visit = await service.VisitAsync();
        await visit.DropAsync(("<img src=x onerror=document.title='taken'>.png", "image/png", PageGallery.Japan));
        await visit.SaysAsync("the most similar first");

        foreach (string name in PageGallery.HostileNames)
        {
            string shown = name.Contains('\\', StringComparison.Ordinal) ? "slash\nline.png" : name;
            ILocator cell = visit
                .Page.Locator(".cell")
                .Filter(new() { Has = visit.Page.GetByAltText(shown, new() { Exact = true }) });
            await cell.Locator("a").First.ClickAsync();
            await Expect(visit.Panel.Locator("h2")).ToHaveTextAsync(shown, new() { UseInnerText = false });
            await visit.Page.WaitForFunctionAsync("() => document.querySelector('#panel img.large')?.naturalWidth > 0");
            await visit.Page.WaitForFunctionAsync(
                "name => [...document.querySelectorAll('.cell img')].find(image => image.alt === name).naturalWidth > 0",
                shown
            );
        }

        await Expect(visit.Page.Locator("img[src=x]")).ToHaveCountAsync(0);
        await Expect(visit.Page).Not.ToHaveTitleAsync("taken");
    }

    [Fact]
    public async Task OnAPhoneThePanelIsADialogAndNothingIsCutOff()
    {
        await using PageVisit visit = await service.VisitAsync(Query, new(Width: 360, Height: 740, IsTouched: true));
        await visit.SaysAsync("of");
        Assert.Equal(
            3,
            await visit.Page.EvaluateAsync<int>(
                "() => getComputedStyle(document.getElementById('likely')).gridTemplateColumns.split(' ').length"
            )
        );
        Assert.True(await FitsAsync(visit));

        await visit.Cells.First.TapAsync();
        await Expect(visit.Page.Locator("#panel:modal")).ToBeVisibleAsync();
        Assert.True(await FitsAsync(visit));
        await visit.Page.GoBackAsync();
        await Expect(visit.Panel).ToBeHiddenAsync();
        await visit.GoAsync("?view=classify");
        Assert.True(await FitsAsync(visit));
    }

    [Theory]
    [InlineData(640)]
    [InlineData(320)]
    public async Task AtTwoAndFourTimesTheSizeNothingIsCutOff(int width)
    {
        await using PageVisit visit = await service.VisitAsync(Query, new(width, 430));
        await visit.SaysAsync("of");
        await visit.Page.Locator("#filters summary").ClickAsync();

        Assert.True(await FitsAsync(visit));
    }

    [Fact]
    public async Task WhoWantsLessMotionHasNone()
    {
        await using PageVisit visit = await service.VisitAsync(Query);
        await visit.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await visit.SaysAsync("of");
        await visit.Cells.First.ClickAsync();

        Assert.Equal("none", await visit.Panel.EvaluateAsync<string>("panel => getComputedStyle(panel).animationName"));
    }

    private static Task<bool> FitsAsync(PageVisit visit) =>
        visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth");
}
