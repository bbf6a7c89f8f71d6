using System.Net;
using Cupola.Images;

namespace Cupola.Tests.Images;

public sealed class PictureReaderTests
{
    private static string Photos => SharedFolder.AnyPictures;

    [Fact]
    public void PicturesComeInOrderAndABrokenOneStopsNothing()
    {
        string[] paths = [.. Directory.EnumerateFiles(Photos, "*.*g").Order(StringComparer.Ordinal), "missing.jpg", .. Directory.EnumerateFiles(Photos, "*.jpg").Order(StringComparer.Ordinal)];

        PreparedPicture[] pictures = [.. new PictureReader(new(32), orient: false, threads: 3).Prepare(paths, ahead: 4)];

        Assert.Equal(paths, pictures.Select(picture => picture.Path));
        Assert.Equal("missing.jpg", Assert.Single(pictures, picture => picture.Error is not null).Path);
        Assert.All(pictures.Where(picture => picture.Error is null), picture => Assert.Equal(32 * 32 * 3, picture.Pixels!.Length));
    }

    [Fact]
    public void APictureMayComeFromBytesThatLieElsewhere()
    {
        byte[] photo = File.ReadAllBytes(SharedFolder.AnyPicture);
        PictureSource[] sources =
        [
            new("archive/rocket", _ => photo),
            new("archive/gone", _ => throw new InvalidDataException("archive/gone is cut off.")),
            PictureSource.Of(SharedFolder.AnyPicture),
        ];

        PreparedPicture[] pictures = [.. new PictureReader(new(32), orient: false, threads: 2).Prepare(sources, ahead: 2, TestContext.Current.CancellationToken)];

        Assert.Equal(sources.Select(source => source.Name), pictures.Select(picture => picture.Path));
        Assert.Equal(pictures[2].Pixels, pictures[0].Pixels);
        Assert.Equal("archive/gone is cut off.", pictures[1].Error);
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

        Assert.Equal(10, new PictureReader(new(32), orient: false, threads: 2).Prepare(Endless(), ahead: 5).Take(10).Count());

        Assert.InRange(asked, 10, 16);
    }

    [Fact]
    public void StopsWhenItIsCancelled()
    {
        using CancellationTokenSource stop = new();
        IEnumerable<PreparedPicture> pictures = new PictureReader(new(32), orient: false, threads: 2).Prepare(Enumerable.Repeat(PictureSource.Of("missing.jpg"), 1000), ahead: 3, stop.Token);

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (PreparedPicture _ in pictures)
            {
                stop.Cancel();
            }
        });
    }

    [Fact]
    public async Task AddressesAreFetchedAndTheirFaultsAreSentences()
    {
        byte[] photo = File.ReadAllBytes(SharedFolder.AnyPicture);
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

        PreparedPicture[] pictures = [.. new PictureReader(new(32), orient: false, threads: 1).Prepare([address + "rocket.jpg", address + "other.jpg"], ahead: 1)];
        await serving;

        Assert.NotNull(pictures[0].Pixels);
        Assert.Contains("404", pictures[1].Error, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
