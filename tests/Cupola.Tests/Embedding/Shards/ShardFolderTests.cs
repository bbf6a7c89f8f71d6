using Cupola.Embedding;
using Cupola.Embedding.Shards;

namespace Cupola.Tests.Embedding.Shards;

/// <summary>A folder of outputs, into which several processes write at once.</summary>
public sealed class ShardFolderTests
{
    private static readonly ShardSettings Settings = new(
        ShardContent.Images,
        new EmbeddingOrigin("model", IsOriented: false),
        "float32",
        4
    );

    /// <summary>All processes of a job start at the same moment, with a longer list than that of the last job.</summary>
    [Fact]
    public async Task ManyProcessesMakeAListLongerAtOnce()
    {
        string folder = TestFolder.New();
        Shard[] shards = [.. Enumerable.Range(0, 500).Select(static number => new Shard($"{number}.tar", $"{number}"))];
        for (int count = 100; count <= shards.Length; count += 100)
        {
            using Barrier start = new(8);
            ShardFolder[] opened = await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(_ =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                start.SignalAndWait();
                                return ShardFolder.Create(folder, Settings, shards[..count], CancellationToken.None);
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            );

            Assert.All(opened, each => Assert.Equal(shards[..count], each.Shards));
            Assert.Equal(count, ShardFolder.Open(folder).Shards.Count);
            Assert.Equal(["shards.json"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
        }
    }
}
