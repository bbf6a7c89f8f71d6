namespace Cupola.Tests.Hub;

public sealed class ModelHubSettingsTests
{
    [Theory]
    [InlineData("/home/ann/.cache/huggingface/hub")]
    [InlineData("/cache/huggingface/hub", "XDG_CACHE_HOME=/cache")]
    [InlineData("/models/hub", "XDG_CACHE_HOME=/cache", "HF_HOME=/models")]
    [InlineData("/hub", "XDG_CACHE_HOME=/cache", "HF_HOME=/models", "HF_HUB_CACHE=/hub")]
    [InlineData("/home/ann/models/hub", "HF_HOME=~/models")]
    [InlineData("/home/ann", "HF_HUB_CACHE=~")]
    [InlineData("/home/ann/.cache/huggingface/hub", "HF_HOME=", "HF_HUB_CACHE= ")]
    public void TheCacheFolderIsTheOneOfTheHuggingFaceLibraries(string folder, params string[] variables)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are Unix's.");
        Assert.Equal(folder, Read(variables).CacheFolder);
    }

    [Theory]
    [InlineData("https://huggingface.co/")]
    [InlineData("https://mirror.example/hub", "HF_ENDPOINT=https://mirror.example/hub")]
    [InlineData("http://127.0.0.1:8080/", "HF_ENDPOINT=http://127.0.0.1:8080")]
    public void TheEndpointMayBeAMirror(string endpoint, params string[] variables) =>
        Assert.Equal(new Uri(endpoint), Read(variables).Endpoint);

    [Theory]
    [InlineData("mirror.example")]
    [InlineData("ftp://mirror.example")]
    [InlineData("/etc")]
    public void AnEndpointThatIsNoWebAddressIsRefused(string endpoint) =>
        Assert.Equal(
            $"HF_ENDPOINT is '{endpoint}', which is not an http or https address.",
            Assert.Throws<ArgumentException>(() => Read($"HF_ENDPOINT={endpoint}")).Message
        );

    [Theory]
    [InlineData(true, "1")]
    [InlineData(true, "True")]
    [InlineData(true, "on")]
    [InlineData(true, "YES")]
    [InlineData(false, "0")]
    [InlineData(false, "")]
    [InlineData(false, "false")]
    public void OfflineIsReadAsTheHuggingFaceLibrariesReadIt(bool offline, string value) =>
        Assert.Equal(offline, Read($"HF_HUB_OFFLINE={value}").Offline);

    [Fact]
    public void TheTokenIsTheVariableOrElseTheFile()
    {
        DirectoryInfo home = Directory.CreateTempSubdirectory("cupola-token-");
        try
        {
            Assert.Null(Read($"HF_HOME={home.FullName}").Token);
            File.WriteAllText(Path.Combine(home.FullName, "token"), "hf_file\n");
            File.WriteAllText(Path.Combine(home.FullName, "other"), "hf_other\n");
            Assert.Equal("hf_file", Read($"HF_HOME={home.FullName}").Token);
            Assert.Equal("hf_variable", Read($"HF_HOME={home.FullName}", "HF_TOKEN=hf_variable").Token);
            Assert.Equal("hf_other", Read($"HF_HOME={home.FullName}", $"HF_TOKEN_PATH={home.FullName}/other").Token);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public void ATokenOfSeveralLinesIsRefusedAndNotShown()
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => Read("HF_TOKEN=hf_a\nhf_b"));
        Assert.DoesNotContain("hf_a", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai/clip-vit-base-patch32")]
    [InlineData("laion/CLIP-ViT-B-32-laion2B-s34B-b79K")]
    [InlineData("timm/resnet50_clip.openai")]
    [InlineData("timm/resnet50_clip.openai@main")]
    [InlineData("a/b@refs/pr/1")]
    [InlineData("a/b@0123456789abcdef0123456789abcdef01234567")]
    public void KnowsTheNameOfAModel(string name) => Assert.True(ModelHub.IsName(name));

    [Theory]
    [InlineData("")]
    [InlineData("flags")]
    [InlineData("a/b/c")]
    [InlineData("/b")]
    [InlineData("a/")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/.b")]
    [InlineData("a/b--c")]
    [InlineData("a/b..c")]
    [InlineData("a b/c")]
    [InlineData("a\\b/c")]
    [InlineData("./models/c")]
    [InlineData("a/b@")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b@/etc/passwd")]
    [InlineData("a/b@x\\y")]
    [InlineData("a/b@x\0")]
    [InlineData("ä/b")]
    public void KnowsWhatIsNoNameOfAModel(string name)
    {
        Assert.False(ModelHub.IsName(name));
        ModelHub hub = new(new HubOptions { CacheFolder = Path.GetTempPath() });
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => hub.FindCached(name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b", "../x")]
    [InlineData("a/b", "")]
    [InlineData("a/b@main", "v1")]
    public void RefusesARevisionThatIsNone(string name, string revision)
    {
        ModelHub hub = new(new HubOptions { CacheFolder = Path.GetTempPath() });
        Assert.Throws<ArgumentException>(() => hub.FindCached(name, revision));
    }

    private static HubOptions Read(params string[] variables)
    {
        Dictionary<string, string> environment = variables
            .Append("HOME=/home/ann")
            .Select(variable => variable.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        return HubOptions.From(environment.GetValueOrDefault);
    }
}
