using Cupola.Images;
using Cupola.Tests.Cli;

namespace Cupola.Tests.Images;

public sealed class ImageMemoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatDoesNotFitWaitsUntilItDoes()
    {
        ImageMemory memory = new(100);
        ImageMemory.Share first = memory.Take(70, "first", Cancellation),
            second = memory.Take(30, "second", Cancellation);
        Task<ImageMemory.Share> third = Begin(memory, 50, Cancellation);

        second.Dispose();
        Assert.False(third.IsCompleted);
        first.Shrink(50);

        (await third).Dispose();
        first.Dispose();
        memory.Take(100, "everything", Cancellation).Dispose();
    }

    [Fact]
    public void WhatCanNeverFitIsRefusedWithASentence()
    {
        ImageMemory memory = new(500_000_000);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            memory.Take(1_610_000_000, "large.jpg", Cancellation)
        );

        Assert.Equal(
            "large.jpg would take 1.6 GB of memory to decode, and images may take 500 MB; "
                + "make it smaller, or set CUPOLA_IMAGE_MEMORY to more.",
            error.Message
        );
    }

    [Fact]
    public async Task WhoNeedsLittleDoesNotOvertakeWhoNeedsEverything()
    {
        ImageMemory memory = new(100);
        ImageMemory.Share first = memory.Take(60, "first", Cancellation);
        Task<ImageMemory.Share> large = Begin(memory, 100, Cancellation);
        await Waiting(memory, 1);
        Task<ImageMemory.Share> small = Begin(memory, 1, Cancellation);
        await Waiting(memory, 2);

        first.Dispose();
        ImageMemory.Share granted = await large;
        Assert.False(small.IsCompleted);
        granted.Dispose();

        (await small).Dispose();
    }

    [Fact]
    public async Task WhoIsCancelledLeavesTheQueueAndTakesNothing()
    {
        ImageMemory memory = new(100);
        using CancellationTokenSource stop = new();
        ImageMemory.Share first = memory.Take(60, "first", Cancellation);
        Task<ImageMemory.Share> large = Begin(memory, 100, stop.Token);
        await Waiting(memory, 1);
        Task<ImageMemory.Share> small = Begin(memory, 40, Cancellation);
        await Waiting(memory, 2);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small).Dispose();
        first.Dispose();
        memory.Take(100, "everything", Cancellation).Dispose();
    }

    [Fact]
    public async Task ManyThreadsNeverTakeMoreThanThereIsAndAllAreServed()
    {
        ImageMemory memory = new(1000);
        long taken = 0,
            most = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(seed =>
                    Task.Run(
                        () =>
                        {
                            Random random = new(seed);
                            for (int round = 0; round < 300; round++)
                            {
                                long bytes = random.Next(10) == 0 ? 1000 : random.Next(1, 600);
                                using ImageMemory.Share share = memory.Take(bytes, "image", Cancellation);
                                long now = Interlocked.Add(ref taken, bytes);
                                InterlockedMax(ref most, now);
                                Interlocked.Add(ref taken, -bytes);
                            }
                        },
                        Cancellation
                    )
                )
        );

        Assert.InRange(most, 1, 1000);
        memory.Take(1000, "everything", Cancellation).Dispose();
    }

    [Theory]
    [InlineData("512MB", 512_000_000)]
    [InlineData(" 2 GiB ", 2_147_483_648)]
    [InlineData("3gb", 3_000_000_000)]
    [InlineData("64MiB", 67_108_864)]
    [InlineData("1000", 1000)]
    public void TheBudgetIsWhatTheSettingSays(string setting, long bytes) => Assert.Equal(bytes, ImageMemory.Capacity(setting));

    [Theory]
    [InlineData("much")]
    [InlineData("0")]
    [InlineData("-5MB")]
    [InlineData("1,5GB")]
    [InlineData("99999999999GB")]
    [InlineData("GB")]
    public void ASettingThatIsNoSizeIsTold(string setting) =>
        Assert.Contains(
            "CUPOLA_IMAGE_MEMORY",
            Assert.Throws<ArgumentException>(() => ImageMemory.Capacity(setting)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void WithoutASettingItIsAQuarterOfTheMemoryAndTwoGigabytesAtMost() =>
        Assert.Equal(Math.Min(2L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4), ImageMemory.Capacity(null));

    [Fact]
    public void TheToolRefusesWhatDoesNotFitAndDoesTheRest()
    {
        string folder = TestFolder.New(),
            large = Path.Combine(folder, "large.bmp"),
            small = Path.Combine(folder, "small.bmp");
        File.WriteAllBytes(large, RandomImage.Bitmap(800, 600, seed: 1));
        File.WriteAllBytes(small, RandomImage.Bitmap(20, 20, seed: 2));

        Tool.Run run = Tool.StartWith(
            new() { [ImageMemory.Setting] = "1MB" },
            "inspect",
            "pixels",
            large,
            small,
            "--size",
            "16",
            "--format",
            "json"
        );
        Tool.Run wrong = Tool.StartWith(new() { [ImageMemory.Setting] = "much" }, "inspect", "pixels", small, "--size", "16");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"{large} would take 3 MB of memory to decode, and images may take 1 MB;",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "sha256",
            Assert.Single(run.Lines, line => line.Contains("small.bmp", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("CUPOLA_IMAGE_MEMORY is 'much', which is not a size of memory", wrong.Error, StringComparison.Ordinal);
    }

    private static Task<ImageMemory.Share> Begin(ImageMemory memory, long bytes, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => memory.Take(bytes, "image", cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static async Task Waiting(ImageMemory memory, int count)
    {
        while (memory.Waiting < count)
        {
            await Task.Delay(1, Cancellation);
        }
    }

    private static void InterlockedMax(ref long place, long value)
    {
        for (long seen = Volatile.Read(ref place); seen < value; seen = Volatile.Read(ref place))
        {
            Interlocked.CompareExchange(ref place, value, seen);
        }
    }
}
