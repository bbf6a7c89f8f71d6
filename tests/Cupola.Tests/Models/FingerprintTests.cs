namespace Cupola.Tests.Models;

/// <summary>A model's fingerprint is its own, wherever and however its files lie.</summary>
public sealed class FingerprintTests
{
    [Fact]
    public void ItDoesNotDependOnTheLayout()
    {
        string transformers = Fingerprint(SharedFolder.Need("parity", "vit", "transformers")),
            openClip = Fingerprint(SharedFolder.Need("parity", "vit", "open_clip"));

        Assert.Matches("^[0-9a-f]{64}$", transformers);
        Assert.Equal(transformers, openClip);
        Assert.NotEqual(transformers, Fingerprint(SharedFolder.Need("parity", "vit-gelu", "transformers")));
    }

    [Fact]
    public void OneOtherNumberOrOtherPreprocessingIsAnotherModel()
    {
        string model = SharedFolder.AnyModel,
            copy = Copy(model),
            weights = Path.Combine(copy, "model.safetensors");
        string original = Fingerprint(model);
        Assert.Equal(original, Fingerprint(copy));

        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        string changed = Fingerprint(copy);
        Assert.NotEqual(original, changed);

        string preprocessing = Path.Combine(copy, "preprocessor_config.json");
        File.WriteAllText(
            preprocessing,
            File.ReadAllText(preprocessing).Replace("\"resample\": 3", "\"resample\": 2", StringComparison.Ordinal)
        );
        Assert.NotEqual(changed, Fingerprint(copy));
    }

    private static string Fingerprint(string model)
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        return embedder.Fingerprint;
    }

    private static string Copy(string model)
    {
        string copy = TestFolder.New();
        foreach (string name in new[] { "config.json", "preprocessor_config.json", "model.safetensors" })
        {
            File.WriteAllBytes(Path.Combine(copy, name), File.ReadAllBytes(Path.Combine(model, name)));
        }

        return copy;
    }
}
