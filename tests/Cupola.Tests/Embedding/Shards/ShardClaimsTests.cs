using Cupola.Embedding;
using Cupola.Embedding.Shards;

namespace Cupola.Tests.Embedding.Shards;

/// <summary>One process works on a shard, and what a dead one held is taken over once.</summary>
public sealed class ShardClaimsTests
{
    private static readonly Shard Part = new("part.tar", "part");
    private readonly ShardFolder _folder = ShardFolder.Create(
        TestFolder.New(),
        new(ShardContent.Images, new EmbeddingOrigin("model", IsOriented: false), "float32", 4),
        [Part]
    );

    private string[] Files =>
        [.. Directory.EnumerateFiles(_folder.Path, "*.claim").Select(Path.GetFileName).OfType<string>().Order()];

    [Fact]
    public void AShardIsHeldByOneAndFreeAfterwards()
    {
        ShardClaims first = new(_folder),
            second = new(_folder);
        using (ShardClaim claim = Assert.IsType<ShardClaim>(first.TryTake(Part)))
        {
            Assert.Null(second.TryTake(Part));
            Assert.Equal(["part.claim"], Files);
        }

        Assert.Empty(Files);
        using ShardClaim? next = second.TryTake(Part);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task AClaimThatIsNotRenewedIsTakenOverAndAllAreRemovedInTheEnd()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "part.claim"), "a machine that died");
        ShardClaims claims = new(_folder) { StaleAfter = TimeSpan.FromMilliseconds(200) };

        // It may be a live one that was written just now.
        Assert.Null(claims.TryTake(Part));
        await Task.Delay(300);
        using (ShardClaim? taken = claims.TryTake(Part))
        {
            Assert.NotNull(taken);
            Assert.Equal(["part.1.claim", "part.claim"], Files);
        }

        Assert.Empty(Files);
    }

    [Fact]
    public async Task AClaimThatIsRenewedIsNotTakenOver()
    {
        ShardClaims holder = new(_folder) { RenewedEvery = TimeSpan.FromMilliseconds(50) },
            other = new(_folder) { StaleAfter = TimeSpan.FromSeconds(2) };
        using ShardClaim? held = holder.TryTake(Part);
        for (int look = 0; look < 30; look++)
        {
            Assert.Null(other.TryTake(Part));
            await Task.Delay(100);
        }

        Assert.Equal(["part.claim"], Files);
    }

    [Fact]
    public async Task OfManyThatFindAStaleClaimOneGetsIt()
    {
        for (int round = 0; round < 5; round++)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.Path, "part.claim"), "a machine that died");
            ShardClaims[] takers =
            [
                .. Enumerable.Range(0, 8).Select(_ => new ShardClaims(_folder) { StaleAfter = TimeSpan.FromMilliseconds(500) }),
            ];
            Assert.All(takers, static taker => Assert.Null(taker.TryTake(Part)));
            await Task.Delay(600);
            using Barrier start = new(takers.Length);
            ShardClaim?[] taken = await Task.WhenAll(
                takers.Select(taker =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait();
                            return taker.TryTake(Part);
                        },
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
            );

            Assert.Single(taken, static claim => claim is not null);
            Array.ForEach(taken, static claim => claim?.Dispose());
            Assert.Empty(Files);
        }
    }

    /// <summary>Its holder was slow and has finished, and somebody else holds the shard by now.</summary>
    [Fact]
    public async Task WhoseClaimWasTakenOverRemovesNothingOfTheOther()
    {
        ShardClaims slow = new(_folder) { RenewedEvery = TimeSpan.FromHours(1) },
            other = new(_folder) { StaleAfter = TimeSpan.FromMilliseconds(100) };
        ShardClaim? first = slow.TryTake(Part);
        other.TryTake(Part);
        await Task.Delay(200);
        using ShardClaim? second = other.TryTake(Part);
        Assert.NotNull(second);

        first!.Dispose();

        Assert.Equal(["part.1.claim"], Files);
    }
}
