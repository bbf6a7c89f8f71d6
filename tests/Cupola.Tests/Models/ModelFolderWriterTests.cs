using System.Text.Json;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Tests.Models;

public sealed class ModelFolderWriterTests
{
    [Theory]
    [InlineData("parity/vit/transformers", "model.safetensors")]
    [InlineData("parity/vit/open_clip", "model.safetensors")]
    [InlineData("parity/vit-gelu/open_clip", "model.safetensors")]
    [InlineData("parity/resnet/open_clip", "open_clip_model.safetensors")]
    public void AModelThatIsWrittenAndLoadedIsTheSameModel(string source, string weights)
    {
        string folder = TestFolder.New();
        string written = Write(SharedFolder.Need(source.Split('/')), folder, ElementType.Float32, out string fingerprint);

        using ClipModel again = ClipModel.Load(written, new Engine(new()));
        Assert.Equal(Path.Combine(written, weights), again.WeightsPath);
        Assert.Equal(fingerprint, again.Fingerprint);
    }

    [Fact]
    public void WhatCameAsFloat16IsTheSameModelWhenItIsWrittenAsFloat16()
    {
        string folder = TestFolder.New();
        string written = Write(SharedFolder.Need("models", "photo-tiny"), folder, ElementType.Float16, out string fingerprint);

        using ClipModel again = ClipModel.Load(written, new Engine(new()));
        Assert.Equal(fingerprint, again.Fingerprint);
    }

    [Fact]
    public void PythonFindsTheEndTokenWhereTheTokenizerHasIt()
    {
        string folder = TestFolder.New();
        string written = Write(SharedFolder.Need("models", "photo-tiny"), folder, ElementType.Float16, out _);

        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(written, "config.json")));
        Assert.Equal(49406, config.RootElement.GetProperty("text_config").GetProperty("bos_token_id").GetInt32());
        Assert.Equal(49407, config.RootElement.GetProperty("text_config").GetProperty("eos_token_id").GetInt32());
    }

    [Fact]
    public void ANumberThatFloat16CannotHoldIsRefusedAndNoWeightsAreWritten()
    {
        string folder = TestFolder.New();
        using ClipModel model = ClipModel.Load(SharedFolder.Need("parity", "vit", "transformers"), new Engine(new()));
        Dictionary<string, Tensor> parameters = Parameters(model);
        using Tensor large = Tensor.Of<float>(ElementType.Float32, Enumerable.Repeat(70_000f, model.Config.Text.Transformer.Width).ToArray(), model.Config.Text.Transformer.Width);
        parameters["text.final_norm.weight"] = large;

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => ModelFolderWriter.Write(
            folder, model.Config, model.Preprocessing, parameters, SharedFolder.Need("data", "clip-bpe"), ElementType.Float16));
        Assert.Equal("The parameter text.final_norm.weight cannot be stored as float16: it holds 70000.", refused.Message);
        Assert.False(File.Exists(Path.Combine(folder, "model.safetensors")));
    }

    private static string Write(string source, string folder, ElementType storage, out string fingerprint)
    {
        using ClipModel model = ClipModel.Load(source, new Engine(new()));
        fingerprint = model.Fingerprint;
        string written = Path.Combine(folder, "written");
        ModelFolderWriter.Write(written, model.Config, model.Preprocessing, Parameters(model), SharedFolder.Need("data", "clip-bpe"), storage);
        return written;
    }

    private static Dictionary<string, Tensor> Parameters(ClipModel model) =>
        model.ParameterShapes.Keys.ToDictionary(static name => name, name => model.Parameters[name], StringComparer.Ordinal);
}
