using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>A person classifies an image.</summary>
[Collection(ThePage.Name)]
public sealed class PageClassifyTests(PageService service)
{
    [Fact]
    public async Task LabelsThatAreTypedGetBars()
    {
        await using PageVisit visit = await service.VisitAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Classify" }).ClickAsync();

        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));
        await Expect(Status(visit)).ToHaveTextAsync("Now type some labels.");
        await visit.Page.FillAsync("[name=labels]", "a red disc on white, a blue flag with a yellow cross\nthree green stripes");
        await visit.Page.Keyboard.PressAsync("Tab");

        await Expect(Status(visit)).ToHaveTextAsync(new Regex(@"^Most likely a red disc on white, \d+\.\d+ %\.$"));
        await Expect(Bars(visit)).ToHaveCountAsync(3);
        double[] widths = await visit
            .Page.Locator("#probabilities .fill")
            .EvaluateAllAsync<double[]>("bars => bars.map(bar => parseFloat(bar.style.inlineSize))");
        Assert.Equal(100, widths.Sum(), 0.1);
        Assert.Equal(widths.OrderDescending(), widths);

        await visit.Page.ReloadAsync();
        await Expect(Bars(visit)).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task WhatTheOperatorNamedIsAChoice()
    {
        await using PageVisit visit = await service.VisitAsync("?view=classify");
        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));
        ILocator from = visit.Page.GetByLabel("Choose from");

        await from.SelectOptionAsync("labels:colors");
        await Expect(Bars(visit)).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator("[name=labels]")).ToBeHiddenAsync();
        await from.SelectOptionAsync("prompts:said");
        await Expect(Status(visit)).ToHaveTextAsync(new Regex("^Most likely Japan,"));
        await Expect(Bars(visit)).ToHaveCountAsync(20);
        await from.SelectOptionAsync("classifier:two colors");
        await Expect(Bars(visit)).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByLabel("Several may be right")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task SeveralLabelsMayBeRight()
    {
        await using PageVisit visit = await service.VisitAsync("?view=classify&labels=a+red+disc,a+green+star&several=yes");

        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));

        await Expect(Status(visit)).ToHaveTextAsync(new Regex("^(In it: |None of these)"));
        await Expect(visit.Page.GetByLabel("Several may be right")).ToBeCheckedAsync();
    }

    [Fact]
    public async Task AnImageThatComesBeforeTheFormIsFilledLosesNoLabels()
    {
        await using PageVisit visit = await service.VisitAsync();
        await visit.Page.RouteAsync("**/v1/classifiers", static async route =>
        {
            await Task.Delay(500);
            await route.ContinueAsync();
        });
        await visit.GoAsync("?view=classify&from=labels:colors");

        await visit.DropAsync(("sun.png", "image/png", PageGallery.Japan));

        await Expect(Bars(visit)).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task WhatTheServiceRefusesIsItsOwnSentence()
    {
        await using PageVisit visit = await service.VisitAsync("?view=classify&labels=red&id=987654321");

        await Expect(visit.Page.Locator("#classify-notice")).ToHaveTextAsync("The index has no image of the number 987654321.");
    }

    private static ILocator Status(PageVisit visit) => visit.Page.Locator("#classify-status");

    private static ILocator Bars(PageVisit visit) => visit.Page.Locator("#probabilities li");
}
