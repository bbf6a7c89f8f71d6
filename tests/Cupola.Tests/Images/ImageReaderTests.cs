using System.Net;
using Cupola.Images;

namespace Cupola.Tests.Images;

public sealed class ImageReaderTests
{
    private static string Photos => SharedFolder.AnyImages;

    [Fact]
    public void ImagesComeInOrderAndABrokenOneStopsNothing()
    {
        string[] paths =
        [
            .. Directory.EnumerateFiles(Photos, "*.*g").Order(StringComparer.Ordinal),
            "missing.jpg",
            .. Directory.EnumerateFiles(Photos, "*.jpg").Order(StringComparer.Ordinal),
        ];

        PreparedImage[] images = [.. new ImageReader(new(32), orient: false, threads: 3).Prepare(paths, ahead: 4)];

        Assert.Equal(paths, images.Select(image => image.Path));
        Assert.Equal("missing.jpg", Assert.Single(images, image => image.Error is not null).Path);
        Assert.All(images.Where(image => image.Error is null), image => Assert.Equal(32 * 32 * 3, image.Pixels!.Length));
    }

    [Fact]
    public void AImageMayComeFromBytesThatLieElsewhere()
    {
        byte[] photo = File.ReadAllBytes(SharedFolder.AnyImage);
        ImageSource[] sources =
        [
            new("archive/rocket", _ => photo),
            new("archive/gone", _ => throw new InvalidDataException("archive/gone is cut off.")),
            ImageSource.FromPath(SharedFolder.AnyImage),
        ];

        PreparedImage[] images =
        [
            .. new ImageReader(new(32), orient: false, threads: 2).Prepare(
                sources,
                ahead: 2,
                TestContext.Current.CancellationToken
            ),
        ];

        Assert.Equal(sources.Select(source => source.Name), images.Select(image => image.Path));
        Assert.Equal(images[2].Pixels, images[0].Pixels);
        Assert.Equal("archive/gone is cut off.", images[1].Error);
        Assert.NotNull(Thumbnail.ReadJpeg(sources[0], orient: false, longest: 20, TestContext.Current.CancellationToken));
        Assert.Null(Thumbnail.ReadJpeg(sources[1], orient: false, longest: 20, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void NoMoreAreReadAheadThanAllowed()
    {
        int asked = 0;
        IEnumerable<string> Endless()
        {
            while (true)
            {
                asked++;
                yield return "missing.jpg";
            }
        }

        Assert.Equal(10, new ImageReader(new(32), orient: false, threads: 2).Prepare(Endless(), ahead: 5).Take(10).Count());

        Assert.InRange(asked, 10, 16);
    }

    [Fact]
    public void StopsWhenItIsCancelled()
    {
        using CancellationTokenSource stop = new();
        IEnumerable<PreparedImage> images = new ImageReader(new(32), orient: false, threads: 2).Prepare(
            Enumerable.Repeat(ImageSource.FromPath("missing.jpg"), 1000),
            ahead: 3,
            stop.Token
        );

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (PreparedImage _ in images)
            {
                stop.Cancel();
            }
        });
    }

    [Fact]
    public async Task AddressesAreFetchedAndTheirFaultsAreSentences()
    {
        byte[] photo = File.ReadAllBytes(SharedFolder.AnyImage);
        using HttpListener server = new();
        string address = $"http://127.0.0.1:{FreePort()}/";
        server.Prefixes.Add(address);
        server.Start();
        Task serving = Task.Run(() =>
        {
            for (int request = 0; request < 2; request++)
            {
                HttpListenerContext context = server.GetContext();
                bool isThere = context.Request.Url!.AbsolutePath == "/rocket.jpg";
                context.Response.StatusCode = isThere ? 200 : 404;
                context.Response.OutputStream.Write(isThere ? photo : []);
                context.Response.Close();
            }
        });

        PreparedImage[] images =
        [
            .. new ImageReader(new(32), orient: false, threads: 1).Prepare(
                [address + "rocket.jpg", address + "other.jpg"],
                ahead: 1
            ),
        ];
        await serving;

        Assert.NotNull(images[0].Pixels);
        Assert.Contains("404", images[1].Error, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
