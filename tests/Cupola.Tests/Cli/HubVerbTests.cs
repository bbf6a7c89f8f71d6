using System.Text.Json;
using Cupola.Tests.Hub;

namespace Cupola.Tests.Cli;

/// <summary>The tool and a hub on loopback: fetched once by name, then there without a network.</summary>
public sealed class HubVerbTests : IAsyncDisposable
{
    private readonly LoopbackHub _hub = new();

    private static string Photo => SharedFolder.AnyImage;

    private Dictionary<string, string> Online =>
        new()
        {
            ["HF_ENDPOINT"] = _hub.Settings.Endpoint.ToString(),
            ["HF_HUB_CACHE"] = "",
            ["HF_HUB_OFFLINE"] = "",
            ["HF_TOKEN"] = "",
            ["HF_HOME"] = _hub.Cache,
        };

    private Dictionary<string, string> Offline => new(Online) { ["HF_HUB_OFFLINE"] = "1" };

    [Fact]
    public void DownloadFetchesAModelThatIsThenThereWithoutANetwork()
    {
        PublishPhotoTiny();

        Tool.Run download = Tool.StartWith(Online, "models", "download", LoopbackHub.Model);
        int requests = _hub.Requests.Count;
        Tool.Run again = Tool.StartWith(Offline, "models", "download", LoopbackHub.Model);
        Tool.Run list = Tool.StartWith(Offline, "models", "list", "--format", "json");
        Tool.Run classify = Tool.StartWith(
            Offline,
            "classify",
            Photo,
            "--labels",
            "a rocket,a cat",
            "--model",
            LoopbackHub.Model,
            "--format",
            "json"
        );
        Tool.Run folder = Tool.Start(
            "classify",
            Photo,
            "--labels",
            "a rocket,a cat",
            "--model",
            SharedFolder.AnyModel,
            "--format",
            "json"
        );

        Assert.Equal((0, "", 0, 0, 0), (download.ExitCode, download.Error, again.ExitCode, list.ExitCode, classify.ExitCode));
        Assert.Equal(requests, _hub.Requests.Count);
        string place = Assert.Single(download.Lines);
        Assert.Equal(place, Assert.Single(again.Lines));
        Assert.True(File.Exists(Path.Combine(place, "model.safetensors")), place);
        Assert.Equal("flags", Text(JsonDocument.Parse(list.Lines[0]).RootElement, "name"));
        JsonElement listed = JsonDocument.Parse(Assert.Single(list.Lines.Skip(1))).RootElement;
        Assert.Equal(
            (LoopbackHub.Model, "main", LoopbackHub.Commit, place),
            (Text(listed, "name"), Text(listed, "revision"), Text(listed, "commit"), Text(listed, "folder"))
        );
        Assert.Equal(folder.Output, classify.Output);
    }

    [Fact]
    public void ClassifyFetchesTheModelThatItsNameNames()
    {
        PublishPhotoTiny();

        Tool.Run first = Tool.StartWith(
            Online,
            "classify",
            Photo,
            "--labels",
            "a rocket,a cat",
            "--model",
            LoopbackHub.Model,
            "--format",
            "json"
        );
        Tool.Run second = Tool.StartWith(
            Offline,
            "classify",
            Photo,
            "--labels",
            "a rocket,a cat",
            "--model",
            LoopbackHub.Model,
            "--format",
            "json"
        );

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Single(_hub.Fetches("model.safetensors"));
        Assert.Equal(first.Output, second.Output);
        Assert.Single(first.Lines);
    }

    [Fact]
    public void OpenClipsPrefixAndAPagesAddressAreTheModel()
    {
        PublishPhotoTiny();
        string page = $"{_hub.Settings.Endpoint}{LoopbackHub.Model}/tree/main";

        Tool.Run prefix = Tool.StartWith(Online, "models", "download", "hf-hub:" + LoopbackHub.Model);
        Tool.Run address = Tool.StartWith(Offline, "models", "download", page);
        Tool.Run file = Tool.StartWith(
            Offline,
            "inspect",
            "model",
            "--model",
            $"https://huggingface.co/{LoopbackHub.Model}/blob/main/model.safetensors"
        );
        Tool.Run near = Tool.StartWith(Online, "models", "download", LoopbackHub.Model.ToUpperInvariant());

        Assert.Equal((0, 0, 0, 3), (prefix.ExitCode, address.ExitCode, file.ExitCode, near.ExitCode));
        Assert.Equal(prefix.Output, address.Output);
        Assert.Contains($"the one that was downloaded is called {LoopbackHub.Model}", near.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithoutAModelAndWithoutANetworkOneSentenceSaysWhatToDo(bool isOffline)
    {
        Dictionary<string, string> environment = isOffline ? Offline : Online;
        await _hub.DisposeAsync();

        Tool.Run run = Tool.StartWith(environment, "classify", Photo, "--labels", "a rocket,a cat", "--model", LoopbackHub.Model);

        Assert.Equal(3, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(LoopbackHub.Model, run.Error, StringComparison.Ordinal);
        Assert.Contains(
            isOffline ? "unset it once to download" : "or use a folder that has the model",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Single(run.Error.Trim().Split('\n'));
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(_hub.Cache))
        {
            await _hub.DisposeAsync();
        }
    }

    private static string? Text(JsonElement line, string field) => line.GetProperty(field).GetString();

    private void PublishPhotoTiny()
    {
        _hub.Files.Clear();
        foreach (string file in Directory.EnumerateFiles(SharedFolder.AnyModel))
        {
            _hub.Files.Add(Path.GetFileName(file), File.ReadAllBytes(file));
        }
    }
}
