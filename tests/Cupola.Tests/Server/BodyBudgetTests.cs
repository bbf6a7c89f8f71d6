using System.Net;
using Cupola.Server.Requests;

namespace Cupola.Tests.Server;

/// <summary>Large bodies, and those that are only announced, leave room for others.</summary>
public sealed class BodyBudgetTests
{
    [Fact]
    public void SmallBodiesFindRoomWhereLargeOnesFindNone()
    {
        BodyBudget budget = new(capacity: 1 << 20, reserve: 2 * BodyBudget.SmallBody);
        using BodyBudget.Account small = budget.Open(),
            other = budget.Open();
        using (BodyBudget.Account large = budget.Open())
        {
            Assert.True(large.TryTake((1 << 20) - (2 * BodyBudget.SmallBody)));
            Assert.False(large.TryTake(1));
            Assert.True(small.TryTake(BodyBudget.SmallBody));
            Assert.True(other.TryTake(BodyBudget.SmallBody));
            Assert.False(small.TryTake(1));
        }

        Assert.True(small.TryTake(1 << 19));
    }

    [Fact]
    public async Task BodiesThatAreAnnouncedAndDoNotComeKeepNobodyOut()
    {
        await using RunningService service = new();
        await service.InitializeAsync();
        // Together all but some bytes of what the service takes.
        int[] lengths = [20 << 20, 20 << 20, (20 << 20) - 3000, (4 << 20) - 100];
        List<SlowRequest> slow = [];
        foreach (int length in lengths)
        {
            slow.Add(
                await SlowRequest.BeginAsync(service.Client.BaseAddress!.Port, length, TestContext.Current.CancellationToken)
            );
        }

        Answer small = await service.PostAsync("/v1/embeddings", """{"input":"a"}"""),
            larger = await service.PostAsync("/v1/embeddings", """{"input":"a"}""".PadRight(1 << 20));

        slow.ForEach(static each => each.Dispose());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (small.Status, larger.Status));
    }
}
