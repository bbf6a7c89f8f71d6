using System.Text;
using System.Text.Json;

namespace Cupola.Tests.Hub;

public sealed class ModelHubChoiceTests
{
    private const string Clip = """{"model_type":"clip"}""";

    [Theory]
    [InlineData(
        "model.safetensors",
        "model.safetensors",
        "open_clip_model.safetensors",
        "open_clip_pytorch_model.bin",
        "pytorch_model.bin",
        "open_clip_config.json"
    )]
    [InlineData(
        "open_clip_model.safetensors",
        "open_clip_model.safetensors",
        "open_clip_pytorch_model.bin",
        "pytorch_model.bin",
        "open_clip_config.json"
    )]
    [InlineData("open_clip_pytorch_model.bin", "open_clip_pytorch_model.bin", "pytorch_model.bin", "open_clip_config.json")]
    [InlineData("pytorch_model.bin", "pytorch_model.bin", "open_clip_model.safetensors")]
    public async Task PrefersTransformersSafetensorsThenOpenClipThenArchives(string chosen, params string[] listed)
    {
        await using LoopbackHub hub = Holding(Clip, listed);
        string folder = await hub.DownloadAsync();
        Assert.Equal([chosen], Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Where(LoopbackHub.IsWeights));
        Assert.Equal(folder, hub.Hub.FindCached(LoopbackHub.Model));
    }

    [Fact]
    public async Task TakesOpenClipWhereTheOtherConfigurationIsOfAnotherKind()
    {
        await using LoopbackHub hub = Holding(
            """{"architecture":"resnet50_clip"}""",
            "model.safetensors",
            "open_clip_config.json",
            "open_clip_model.safetensors"
        );
        string folder = await hub.DownloadAsync();
        Assert.True(File.Exists(Path.Combine(folder, "open_clip_model.safetensors")));
        Assert.False(File.Exists(Path.Combine(folder, "model.safetensors")));
    }

    [Theory]
    [InlineData("""{"model_type":"bert"}""", "model.safetensors")]
    [InlineData("""{"model_type":7}""", "model.safetensors")]
    [InlineData(Clip, "flax_model.msgpack")]
    [InlineData(Clip, "open_clip_config.json")]
    public async Task RefusesARepositoryWithoutAClip(string config, string file)
    {
        await using LoopbackHub hub = Holding(config, file);
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.StartsWith("'cupola/tiny' has no CLIP that Cupola can read", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"model_type\":\"\\ud800\"}")]
    public async Task RefusesAConfigurationThatIsNoJsonObject(string config)
    {
        await using LoopbackHub hub = Holding(config, "model.safetensors");
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("config.json", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("pytorch_model.bin")]
    public async Task FetchesEveryShardThatTheIndexNames(string whole)
    {
        (string stem, string extension) = (Path.GetFileNameWithoutExtension(whole), Path.GetExtension(whole));
        string[] shards = [$"{stem}-00001-of-00002{extension}", $"{stem}-00002-of-00002{extension}"];
        await using LoopbackHub hub = Holding(Clip, shards);
        hub.Files[$"{whole}.index.json"] = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                weight_map = new Dictionary<string, string>
                {
                    ["a"] = shards[1],
                    ["b"] = shards[0],
                    ["c"] = shards[1],
                },
            }
        );
        string folder = await hub.DownloadAsync();
        Assert.All(shards, shard => Assert.Equal(hub.Files[shard], File.ReadAllBytes(Path.Combine(folder, shard))));
        Assert.Equal(folder, hub.Hub.FindCached(LoopbackHub.Model));

        File.Delete(Path.Combine(folder, shards[0]));
        Assert.Null(hub.Hub.FindCached(LoopbackHub.Model));
    }

    [Theory]
    [InlineData("../../evil.safetensors")]
    [InlineData("/tmp/evil.safetensors")]
    [InlineData("sub/evil.safetensors")]
    [InlineData("..\\evil.safetensors")]
    [InlineData("C:evil.safetensors")]
    [InlineData("con.safetensors")]
    [InlineData(".safetensors")]
    [InlineData("evil.so")]
    [InlineData("ev\u0000il.safetensors")]
    [InlineData("ev\u202eil.safetensors")]
    [InlineData("")]
    public async Task RefusesAShardWhoseNameLeadsElsewhere(string shard)
    {
        await using LoopbackHub hub = Holding(Clip, shard);
        hub.Files["model.safetensors.index.json"] = JsonSerializer.SerializeToUtf8Bytes(
            new { weight_map = new Dictionary<string, string> { ["a"] = shard } }
        );
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("which is not the name of a .safetensors file beside it", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Requests, request => request.Path.Contains("evil", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"weight_map":[]}""")]
    [InlineData("""{"weight_map":{}}""")]
    [InlineData("""{"weight_map":{"a":7}}""")]
    [InlineData("""{"weight_map":{"a":"not-listed.safetensors"}}""")]
    [InlineData("\"weight_map\"")]
    public async Task RefusesAnIndexThatNamesNoFiles(string index)
    {
        await using LoopbackHub hub = Holding(Clip);
        hub.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(index);
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("model.safetensors.index.json", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NeverTouchesAListedFileThatItDidNotAskFor()
    {
        await using LoopbackHub hub = new();
        hub.Files["../../../../evil"] = LoopbackHub.Bytes(10);
        hub.Files["/etc/evil"] = LoopbackHub.Bytes(10);
        hub.Files["config.json\\..\\evil"] = LoopbackHub.Bytes(10);
        await hub.DownloadAsync();
        Assert.DoesNotContain(hub.Requests, request => request.Path.Contains("evil", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"sha\":")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"sha":"../../../evil","siblings":[]}""")]
    [InlineData("""{"sha":7,"siblings":[]}""")]
    [InlineData($$"""{"sha":"{{LoopbackHub.Commit}}","siblings":{} }""")]
    [InlineData($$"""{"sha":"{{LoopbackHub.Commit}}"}""")]
    [InlineData($$"""{"sha":"{{LoopbackHub.Commit}}","siblings":[{"rfilename":"\ud800"}]}""")]
    [InlineData($$"""{"sha":"{{LoopbackHub.Commit}}","siblings":[{"rfilename":7},{},7,"config.json"]}""")]
    public async Task RefusesAListThatIsNone(string list)
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path.StartsWith("/api/", StringComparison.Ordinal)
                ? new LoopbackAnswer(200, Encoding.UTF8.GetBytes(list))
                : null;
        await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Single(hub.Requests);
        Assert.Empty(Directory.GetFileSystemEntries(hub.Cache));
    }

    [Fact]
    public async Task RefusesAListWithoutEnd()
    {
        await using LoopbackHub hub = new();
        hub.Instead = request =>
            request.Path.StartsWith("/api/", StringComparison.Ordinal)
                ? new LoopbackAnswer(200, new byte[20 << 20]) { DeclaredLength = -1 }
                : null;
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(hub.DownloadAsync);
        Assert.Contains("sends more than 16777216 bytes", problem.Message, StringComparison.Ordinal);
    }

    private static LoopbackHub Holding(string config, params string[] files)
    {
        LoopbackHub hub = new();
        hub.Files.Remove("model.safetensors");
        hub.Files.Remove("pytorch_model.bin");
        hub.Files["config.json"] = Encoding.UTF8.GetBytes(config);
        foreach (string file in files)
        {
            hub.Files[file] = LoopbackHub.Bytes(1000 + file.Length);
        }

        return hub;
    }
}
