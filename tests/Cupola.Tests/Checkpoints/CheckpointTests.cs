using Cupola.Checkpoints;

namespace Cupola.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Theory]
    [InlineData("vit")]
    [InlineData("vit-gelu")]
    public void BothLayoutsOfTheSameWeightsGiveEqualParameters(string name)
    {
        using Checkpoint transformers = Checkpoint.Open(SharedFolder.Need("parity", name, "transformers"));
        using Checkpoint openClip = Checkpoint.Open(SharedFolder.Need("parity", name, "open_clip"));

        Assert.Equal((CheckpointLayout.Transformers, CheckpointLayout.OpenClip), (transformers.Layout, openClip.Layout));
        Assert.Equal(
            transformers.Parameters.Keys.Order(StringComparer.Ordinal),
            openClip.Parameters.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(transformers.Parameters, parameter =>
        {
            StoredTensor other = openClip.Parameters[parameter.Key];
            Assert.Equal(parameter.Value.Shape, other.Shape);
            Assert.Equal(parameter.Value.ToArray<float>(), other.ToArray<float>());
        });
    }

    [Fact]
    public void ListsMissingUnusedAndWronglyShapedParametersByName()
    {
        using Checkpoint checkpoint = Checkpoint.Open(SharedFolder.Need("parity", "vit", "open_clip"));
        Dictionary<string, long[]> expected = checkpoint.Parameters.ToDictionary(
            parameter => parameter.Key,
            parameter => parameter.Value.Shape.ToArray()
        );
        checkpoint.Require(expected);
        expected.Remove("image.class_embedding");
        long width = expected["text.final_norm.bias"][0];
        expected["text.final_norm.bias"] = [width / 2];
        expected["text.blocks.9.mlp_norm.weight"] = [width];

        string message = Assert.Throws<InvalidDataException>(() => checkpoint.Require(expected)).Message;

        Assert.Contains("1 missing (transformer.resblocks.9.ln_2.weight)", message, StringComparison.Ordinal);
        Assert.Contains("1 unused (visual.class_embedding)", message, StringComparison.Ordinal);
        Assert.Contains(
            $"1 wrongly shaped (ln_final.bias [{width}] in place of [{width / 2}])",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void SaysWhatAFolderWithoutWeightsWasSearchedFor() =>
        Assert.Contains(
            "model.safetensors",
            Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(TestFolder.New())).Message,
            StringComparison.Ordinal
        );
}
