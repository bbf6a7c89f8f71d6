using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NetVips;
using static Microsoft.Playwright.Assertions;

namespace Cupola.Tests.Server.Page;

/// <summary>A person searches by images: dropped, pasted, chosen, and those of the index.</summary>
[Collection(ThePage.Name)]
public sealed class PageImageTests(PageService service)
{
    private static readonly (string Name, string Type, byte[] Bytes) Japan = ("sun.png", "image/png", PageGallery.Japan);

    [Fact]
    public async Task AnImageThatIsDroppedFindsWhatIsLikeItAndWordsAreAddedToIt()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.DropAsync(Japan);

        await visit.SaysAsync($"^{service.Count} images, the most similar first");
        Assert.Contains((await visit.NamesAsync(1))[0], PageGallery.HostileNames.Append("Japan.jpg"));
        await Expect(visit.Terms).ToContainTextAsync("sun.png");
        await visit.SearchAsync("a star");
        await Expect(visit.Terms).ToHaveCountAsync(2);
        await visit.SaysAsync("of");
        JsonElement[] terms = [.. visit.Searches[^1].GetProperty("terms").EnumerateArray()];
        Assert.StartsWith("data:image/png;base64,", terms[0].GetProperty("image").GetString(), StringComparison.Ordinal);
        Assert.Equal("a star", terms[1].GetProperty("text").GetString());

        // The tab still has it after a reload; another one does not, and says so.
        await visit.Page.ReloadAsync();
        await visit.SaysAsync("of");
        await using PageVisit other = await service.VisitAsync(new Uri(visit.Page.Url).Query);
        await Expect(other.Notice).ToContainTextAsync("drop it again");
    }

    [Fact]
    public async Task AScreenshotIsPastedAndAFileIsChosen()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.PasteAsync(("image.png", "image/png", PageGallery.Japan));
        await visit.SaysAsync("the most similar first");
        string[] pasted = await visit.NamesAsync(10);

        FilePayload chosen = new()
        {
            Name = "sun.png",
            MimeType = "image/png",
            Buffer = PageGallery.Japan,
        };
        await visit.AskAsync(() => visit.Page.Locator("#query-file").SetInputFilesAsync(chosen));
        await visit.SaysAsync("the most similar first");
        Assert.Equal(pasted, await visit.NamesAsync(10));
        await Expect(visit.Terms).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task SeveralImagesAreTermsOfOneQuery()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.DropAsync(Japan, ("stars.png", "image/png", PageGallery.Draw("China")));

        await Expect(visit.Terms).ToHaveCountAsync(2);
        await visit.SaysAsync("the most similar first");
        Assert.Equal(2, visit.Searches[^1].GetProperty("terms").GetArrayLength());
    }

    [Fact]
    public async Task MoreLikeThisSearchesByAnImageOfTheIndex()
    {
        await using PageVisit visit = await service.VisitAsync("?q=" + Uri.EscapeDataString("a blue flag with a yellow cross"));
        await visit.SaysAsync("fit");
        string name = (await visit.NamesAsync(1))[0];

        await visit.Page.Locator(".cell").First.HoverAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = $"More like {name}" }).First.ClickAsync();

        await visit.SaysAsync("the most similar first");
        Assert.Equal(name, (await visit.NamesAsync(1))[0]);
        await Expect(visit.Page.Locator("#words")).ToHaveValueAsync("");
        await Expect(visit.Terms).ToHaveTextAsync(new Regex(@"^\+#\d+"));
    }

    [Fact]
    public async Task AThumbnailThatIsDraggedIsAnImageOfTheIndex()
    {
        await using PageVisit visit = await service.VisitAsync("?q=" + Uri.EscapeDataString("a red flag"));
        await visit.SaysAsync("fit");
        string link = await visit.Cells.First.EvaluateAsync<string>("link => link.href");

        await visit.DropTextAsync("text/uri-list", link);

        await Expect(visit.Terms).ToHaveCountAsync(2);
        await Expect(visit.Terms.First).ToContainTextAsync("#" + link.Split('/')[^1]);
        await visit.SaysAsync("of");
    }

    [Fact]
    public async Task AnAddressIsLeftToTheServiceWhichFetchesNone()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.DropTextAsync("text/uri-list", "https://images.invalid/a%20dog.jpg");

        await Expect(visit.Notice).ToContainTextAsync("This service fetches no addresses");
        await Expect(visit.Terms).ToContainTextAsync("dog.jpg");
    }

    [Fact]
    public async Task ADataAddressIsAnImage()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.DropTextAsync("text/uri-list", "data:image/png;base64," + Convert.ToBase64String(PageGallery.Japan));

        await visit.SaysAsync("the most similar first");
    }

    [Fact]
    public async Task WhatIsNoImageIsRefusedInOneSentence()
    {
        await using PageVisit visit = await service.VisitAsync();

        await visit.DropAsync(("notes.txt", "text/plain", Encoding.UTF8.GetBytes("notes")));
        await Expect(visit.Notice).ToHaveTextAsync("notes.txt is no image.");
        await visit.DropAsync(("nothing.png", "image/png", []));
        await Expect(visit.Notice).ToHaveTextAsync("nothing.png is empty.");
        await visit.DropAsync(("IMG_0001.HEIC", "", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8]));
        await Expect(visit.Notice).ToContainTextAsync("HEIC");
        await visit.DropAsync(("broken.jpg", "image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]));
        // Another sentence, and not the one before that still stands there, nor none.
        await Expect(visit.Notice).ToHaveTextAsync(new Regex(@"^(?!.*HEIC).+\.$"));
    }

    [Fact]
    public async Task AHugeImageIsMadeSmallerBeforeItIsSent()
    {
        await using PageVisit visit = await service.VisitAsync();

        // A bitmap is its pixels behind 54 bytes: 8.6 MB that need not be sent to the browser.
        await visit.Page.EvaluateAsync(
            """
            () => {
              const [width, height] = [2600, 1100];
              const bytes = new Uint8Array(54 + 3 * width * height).fill(200, 54);
              const view = new DataView(bytes.buffer);
              view.setUint16(0, 0x424d);
              [[2, bytes.length], [10, 54], [14, 40], [18, width], [22, height], [26, 1 + (24 << 16)]]
                .forEach(([place, value]) => view.setUint32(place, value, true));
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File([bytes], "large.bmp", { type: "image/bmp" }));
              document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
            }
            """
        );

        await visit.SaysAsync("the most similar first");
        string sent = visit.Searches[^1].GetProperty("terms")[0].GetProperty("image").GetString()!;
        Assert.StartsWith("data:image/jpeg;base64,", sent, StringComparison.Ordinal);
        using Image smaller = Image.NewFromBuffer(
            Convert.FromBase64String(sent[(sent.IndexOf(',', StringComparison.Ordinal) + 1)..])
        );
        Assert.Equal((2048, 866), (smaller.Width, smaller.Height));
    }

    [Fact]
    public async Task WordsThatArePastedWithAPictureOfThemselvesStayWords()
    {
        await using PageVisit visit = await service.VisitAsync();

        bool wasLeft = await visit.Page.EvaluateAsync<bool>(
            """
            () => {
              const clipboardData = new DataTransfer();
              clipboardData.setData("text/plain", "cells");
              clipboardData.items.add(new File(["x"], "image.png", { type: "image/png" }));
              return document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }
            """
        );

        Assert.True(wasLeft);
        Assert.Empty(visit.Searches);
    }
}
