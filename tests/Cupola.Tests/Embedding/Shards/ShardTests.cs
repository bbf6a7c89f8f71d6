using Cupola.Embedding.Shards;

namespace Cupola.Tests.Embedding.Shards;

/// <summary>Which shards names stand for, and what their outputs are called.</summary>
public sealed class ShardTests
{
    private readonly string _folder = TestFolder.New();

    [Fact]
    public void AnOutputHasTheNameOfItsShard() =>
        Assert.Equal(["photos 000", "bücher.v1", "captions"], Names("photos 000.tar", "bücher.v1.jsonl", "captions.txt"));

    [Fact]
    public void OfShardsOfOneNameTheFoldersTellThemApart() =>
        Assert.Equal(
            ["a-000", "b-000", "001", "x-c-000", "y-c-000"],
            Names("a/000.tar", "b/000.csv", "b/001.tar", "x/c/000.tar", "y/c/000.tar")
        );

    /// <summary>Where case does not count, one output would overwrite the other.</summary>
    [Fact]
    public void NamesThatDifferByCaseAreOneName() => Assert.Equal(["a-Part", "b-part"], Names("a/Part.tar", "b/part.tar"));

    [Fact]
    public void APatternStandsForItsNames() => Assert.Equal(["p-08", "p-09", "p-10"], Names("p-{08..10}.tar"));

    /// <summary>img2dataset writes a table and figures beside each archive.</summary>
    [Fact]
    public void OfAFolderItsArchivesCountOrElseItsTablesOrElseItsLists()
    {
        foreach (string name in new[] { "1.tar", "0.tar", "0.parquet", "0_stats.json", "0.csv", "a.txt", ".hidden.tar" })
        {
            File.WriteAllText(Path.Combine(_folder, name), "");
        }

        Assert.Equal(["0", "1"], Shard.Find([_folder]).Select(static shard => shard.Name));
        File.Delete(Path.Combine(_folder, "0.tar"));
        File.Delete(Path.Combine(_folder, "1.tar"));
        Assert.Equal([Path.Combine(_folder, "0.csv")], Shard.Find([_folder]).Select(static shard => shard.Path));
        File.Delete(Path.Combine(_folder, "0.csv"));
        Assert.Equal(["a"], Shard.Find([_folder]).Select(static shard => shard.Name));
        File.Delete(Path.Combine(_folder, "a.txt"));
        Assert.Contains(
            "no shards",
            Assert.Throws<FileNotFoundException>(() => Shard.Find([_folder])).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("is named twice", "a.tar", "./a.tar")]
    [InlineData("0.parquet is no shard", "0.parquet")]
    [InlineData("photos is no shard", "photos")]
    [InlineData("a/.txt is no shard", "a/.txt")]
    public void WhatIsNoListOfShardsIsASentence(string sentence, params string[] names) =>
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(() => Shard.Find(names)).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Names(params string[] paths) => Shard.Find(paths).Select(static shard => shard.Name);
}
