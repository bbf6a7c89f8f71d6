using System.Text;
using Cupola.Images;
using Cupola.Tests.Hub;

namespace Cupola.Tests.Images;

public sealed class ImageAddressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryRequestSaysWhoAsksBehindRedirectsToo()
    {
        await using LoopbackServer server = new(request =>
            request.Path == "/old.bmp" ? new(302, [], ("Location", "/new.bmp")) : new(200, RandomImage.Bitmap(3, 3, seed: 1))
        );

        using RgbImage image = ImageSource
            .FromPath($"http://127.0.0.1:{server.Port}/old.bmp")
            .Decode(cancellationToken: Cancellation);

        Assert.Equal(["/old.bmp", "/new.bmp"], server.Requests.Select(static request => request.Path));
        Assert.All(server.Requests, static request =>
            Assert.Matches(@"^Cupola/\d+\.\d+\.\d+\S* \(\+https://\S+\)$", request.Header("User-Agent")!)
        );
    }

    [Theory]
    [InlineData("file:///etc/hostname", "it leads to file:///etc/hostname, which is not followed.")]
    [InlineData("ftp://127.0.0.1/a.png", "it leads to ftp://127.0.0.1/a.png, which is not followed.")]
    [InlineData("/again", "it leads to http://127.0.0.1:PORT/again, after 10 others.")]
    public async Task ARedirectLeadsToAnotherHttpAddressOrNowhere(string location, string told)
    {
        await using LoopbackServer server = new(_ => new(302, [], ("Location", location)));
        string address = $"http://127.0.0.1:{server.Port}/again";

        Assert.Equal(
            $"{address} cannot be fetched: {told.Replace("PORT", $"{server.Port}", StringComparison.Ordinal)}",
            Fails(address, Patience, 1000)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1)]
    public async Task MoreBytesThanAImageHasAreNotTaken(int? declared)
    {
        await using LoopbackServer server = new(_ => new(200, new byte[3 << 20]) { DeclaredLength = declared });
        string address = $"http://127.0.0.1:{server.Port}/endless.png";

        Assert.Equal(
            $"{address} cannot be fetched: it has more than 1 MiB, which is too large for an image.",
            Fails(address, Patience, 1 << 20)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task AServerThatFallsSilentIsNotWaitedForWithoutEnd(int sent)
    {
        TaskCompletionSource end = new();
        await using LoopbackServer server = new(_ => new(200, new byte[1000]) { BreakAfter = sent, SilentUntil = end.Task });
        string address = $"http://127.0.0.1:{server.Port}/slow.png";

        string told = Fails(address, TimeSpan.FromSeconds(1), 1 << 20);
        end.SetResult();

        Assert.Equal($"{address} cannot be fetched: it took longer than 1 seconds.", told);
    }

    [Fact]
    public async Task WhoIsCancelledWaitsNoLonger()
    {
        TaskCompletionSource end = new();
        using CancellationTokenSource stop = new();
        await using LoopbackServer server = new(_ =>
        {
            stop.CancelAfter(1);
            return new(200, new byte[1000]) { BreakAfter = 10, SilentUntil = end.Task };
        });

        Assert.ThrowsAny<OperationCanceledException>(() =>
            ImageAddress.Fetch($"http://127.0.0.1:{server.Port}/slow.png", stop.Token)
        );
        end.SetResult();
    }

    [Fact]
    public async Task APageIsToldAsAPage()
    {
        await using LoopbackServer server = new(_ =>
            new(200, Encoding.UTF8.GetBytes("<!doctype html><title>Sign in</title>"), ("Content-Type", "text/html"))
        );
        string address = $"http://127.0.0.1:{server.Port}/dog.jpg";

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ImageSource.FromPath(address).Decode(cancellationToken: Cancellation)
        );

        Assert.Equal($"{address} is a web page and not an image; take the address of the image itself.", error.Message);
    }

    private static string Fails(string address, TimeSpan patience, long bytes) =>
        Assert.Throws<InvalidDataException>(() => ImageAddress.Fetch(address, patience, bytes, Cancellation)).Message;
}
