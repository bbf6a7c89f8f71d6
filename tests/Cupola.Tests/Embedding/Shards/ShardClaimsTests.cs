using Cupola.Embedding;
using Cupola.Embedding.Shards;

namespace Cupola.Tests.Embedding.Shards;

/// <summary>One process works on a shard, and what a dead one held is taken over once.</summary>
public sealed class ShardClaimsTests
{
    private static readonly TimeSpan LongerThanStale = TimeSpan.FromSeconds(61);
    private static readonly Shard Part = new("part.tar", "part");
    private readonly HandClock _clock = new();
    private readonly ShardFolder _folder = ShardFolder.Create(
        TestFolder.New(),
        new(ShardContent.Images, new EmbeddingOrigin("model", IsOriented: false), "float32", 4),
        [Part],
        TestContext.Current.CancellationToken
    );

    private string[] Files =>
        [.. Directory.EnumerateFiles(_folder.Path, "*.claim*").Select(Path.GetFileName).OfType<string>().Order()];

    [Fact]
    public void AShardIsHeldByOneAndFreeAfterwards()
    {
        ShardClaims first = Process(),
            second = Process();
        using (ShardClaim claim = Assert.IsType<ShardClaim>(first.TryTake(Part)))
        {
            Assert.Null(second.TryTake(Part));
            Assert.Equal(["part.claim"], Files);
        }

        Assert.Empty(Files);
        using ShardClaim? next = second.TryTake(Part);
        Assert.NotNull(next);
    }

    /// <summary>Lower ones may be gone: a slow holder came back and removed its own, and who took over was killed.</summary>
    [Theory]
    [InlineData("part.claim-1", "part.claim")]
    [InlineData("part.claim-2", "part.claim-1")]
    [InlineData("part.claim-4", "part.claim-3")]
    [InlineData("part.claim-2", "part.claim-1", "part.claim")]
    public void AClaimThatIsNotRenewedIsTakenOverAndAllAreRemovedInTheEnd(string taken, params string[] dead)
    {
        Array.ForEach(dead, Leave);
        ShardClaims claims = Process();

        // It may be a live one that was written just now.
        Assert.Null(claims.TryTake(Part));
        _clock.Advance(LongerThanStale);
        using (ShardClaim? claim = claims.TryTake(Part))
        {
            Assert.NotNull(claim);
            Assert.Equal([.. dead.Append(taken).Order()], Files);
        }

        Assert.Empty(Files);
    }

    [Fact]
    public void AClaimThatIsRenewedIsNotTakenOver()
    {
        ShardClaims holder = Process(),
            other = Process();
        using ShardClaim? held = holder.TryTake(Part);
        for (int look = 0; look < 300; look++)
        {
            Assert.Null(other.TryTake(Part));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["part.claim"], Files);
    }

    [Fact]
    public async Task OfManyThatFindAStaleClaimOneGetsIt()
    {
        for (int round = 0; round < 5; round++)
        {
            Leave("part.claim");
            ShardClaims[] takers = [.. Enumerable.Range(0, 8).Select(_ => Process())];
            Assert.All(takers, static taker => Assert.Null(taker.TryTake(Part)));
            _clock.Advance(LongerThanStale);
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

    /// <summary>Its holder was slow and has finished, and somebody else holds the shard by now, and goes on to do so.</summary>
    [Fact]
    public void WhoseClaimWasTakenOverRemovesNothingOfTheOther()
    {
        ShardClaims slow = new(_folder) { Clock = new HandClock() },
            other = Process(),
            third = Process();
        ShardClaim? first = slow.TryTake(Part);
        other.TryTake(Part);
        _clock.Advance(LongerThanStale);
        using (ShardClaim? second = other.TryTake(Part))
        {
            Assert.NotNull(second);

            first!.Dispose();

            Assert.Equal(["part.claim-1"], Files);
            Assert.Null(third.TryTake(Part));
            _clock.Advance(LongerThanStale);
            Assert.Null(third.TryTake(Part));
            Assert.Equal(["part.claim-1"], Files);
        }

        using ShardClaim? next = third.TryTake(Part);
        Assert.Equal(["part.claim"], Files);
    }

    /// <summary>The dead holder's file was removed, and another process began anew under its name.</summary>
    [Fact]
    public void WhoTookOverRemovesNothingOfANewHolder()
    {
        Leave("part.claim");
        ShardClaims claims = Process();
        claims.TryTake(Part);
        _clock.Advance(LongerThanStale);
        ShardClaim? taken = claims.TryTake(Part);
        File.WriteAllText(Path.Combine(_folder.Path, "part.claim"), "another machine");

        taken!.Dispose();

        Assert.Equal(["part.claim"], Files);
    }

    [Fact]
    public void ShardsWhoseNamesLookLikeClaimsDoNotHoldEachOther()
    {
        Shard[] shards =
        [
            .. new[] { "part.claim-1.claim", "part.claim-1", "part.claim", "part-1", "part.1", "part" }.Select(
                static name => new Shard(name + ".txt", name)
            ),
        ];
        ShardClaims first = Process(),
            second = Process();

        ShardClaim?[] taken = [.. shards.Select(first.TryTake)];

        Assert.All(taken, Assert.NotNull);
        Assert.All(shards, shard => Assert.Null(second.TryTake(shard)));
        Array.ForEach(taken, static claim => claim?.Dispose());
        Assert.Empty(Files);
    }

    private ShardClaims Process() => new(_folder) { Clock = _clock };

    private void Leave(string name) => File.WriteAllText(Path.Combine(_folder.Path, name), "a machine that died");
}
