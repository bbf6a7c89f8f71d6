using System.Text;

namespace Cupola.Tests.Hub;

/// <summary>
/// Either of the two files that hold the preprocessing makes a snapshot whole, and both are fetched where they are.
/// </summary>
public sealed class ModelHubProcessorTests
{
    private static readonly byte[] Nested = Encoding.UTF8.GetBytes("""{"image_processor":{"size":{"shortest_edge":224}}}""");

    [Fact]
    public async Task FetchesProcessorConfigAndIsWholeWithItAlone()
    {
        await using LoopbackHub hub = new();
        hub.Files.Remove("preprocessor_config.json");
        hub.Files.Add("processor_config.json", Nested);

        string folder = await hub.DownloadAsync();

        Assert.Equal(Nested, File.ReadAllBytes(Path.Combine(folder, "processor_config.json")));
        Directory.Delete(Path.Combine(hub.Cache, "models--cupola--tiny", ".no_exist"), recursive: true);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), "{}");
        Assert.Equal(folder, hub.Hub.FindCached(LoopbackHub.Model));
    }

    [Fact]
    public async Task FetchesBothWhereBothAreThere()
    {
        await using LoopbackHub hub = new();
        hub.Files.Add("processor_config.json", Nested);

        string folder = await hub.DownloadAsync();

        Assert.True(
            File.Exists(Path.Combine(folder, "processor_config.json"))
                && File.Exists(Path.Combine(folder, "preprocessor_config.json"))
        );
    }

    [Fact]
    public async Task AProcessorConfigThatNestsNothingDoesNotMakeASnapshotWhole()
    {
        await using LoopbackHub hub = new();
        string folder = await hub.DownloadAsync();
        File.Delete(Path.Combine(folder, "preprocessor_config.json"));
        File.WriteAllText(Path.Combine(folder, "processor_config.json"), """{"processor_class":"CLIPProcessor"}""");

        Assert.Null(hub.Hub.FindCached(LoopbackHub.Model));
        await hub.DownloadAsync();
        Assert.Equal(folder, hub.Hub.FindCached(LoopbackHub.Model));
    }

    [Fact]
    public async Task ASnapshotOfATimeWhenNobodyLookedForProcessorConfigIsCompleted()
    {
        await using LoopbackHub hub = new();
        hub.Files.Remove("preprocessor_config.json");
        hub.Files.Add("processor_config.json", Nested);
        string folder = await hub.DownloadAsync();
        File.Delete(Path.Combine(folder, "processor_config.json"));

        Assert.Null(hub.Hub.FindCached(LoopbackHub.Model));
        await hub.DownloadAsync();
        Assert.True(File.Exists(Path.Combine(folder, "processor_config.json")));
    }
}
