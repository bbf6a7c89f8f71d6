using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Tests.Models;

public sealed class ModelFolderWriterTests
{
    /// <summary>Of the built-in model: files are copied whatever they say.</summary>
    private static readonly string Tokenizer = Path.Combine(SharedFolder.Root, "models", "flags");

    [Theory]
    [InlineData("parity/vit/transformers", "model.safetensors")]
    [InlineData("parity/vit/open_clip", "model.safetensors")]
    [InlineData("parity/vit-gelu/open_clip", "model.safetensors")]
    [InlineData("parity/resnet/open_clip", "open_clip_model.safetensors")]
    public void AModelThatIsWrittenAndLoadedIsTheSameModel(string source, string weights)
    {
        string folder = TestFolder.New();
        string model = SharedFolder.Need(source.Split('/'));
        string written = Write(model, folder, StoredType(model), out string fingerprint);

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
        string written = Write(
            SharedFolder.Need("models", "photo-tiny"),
            folder,
            ElementType.Float16,
            out _,
            SharedFolder.Need("data", "clip-bpe")
        );

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
        using Tensor large = Tensor.Of<float>(
            ElementType.Float32,
            Enumerable.Repeat(70_000f, model.Config.Text.Transformer.Width).ToArray(),
            model.Config.Text.Transformer.Width
        );
        parameters["text.final_norm.weight"] = large;

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() =>
            ModelFolderWriter.Write(folder, model.Config, model.Preprocessing, parameters, Tokenizer, ElementType.Float16)
        );
        Assert.Equal("The parameter text.final_norm.weight cannot be stored as float16: it holds 70000.", refused.Message);
        Assert.False(File.Exists(Path.Combine(folder, "model.safetensors")));
    }

    /// <summary>What the numbers of a model are in its file: another precision is another model.</summary>
    private static ElementType StoredType(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        return checkpoint.Parameters["logit_scale"].Type;
    }

    private static string Write(
        string source,
        string folder,
        ElementType storage,
        out string fingerprint,
        string? tokenizer = null
    )
    {
        using ClipModel model = ClipModel.Load(source, new Engine(new()));
        fingerprint = model.Fingerprint;
        string written = Path.Combine(folder, "written");
        ModelFolderWriter.Write(written, model.Config, model.Preprocessing, Parameters(model), tokenizer ?? Tokenizer, storage);
        return written;
    }

    private static Dictionary<string, Tensor> Parameters(ClipModel model) =>
        model.Network.Shapes.Keys.ToDictionary(static name => name, name => model.Parameters[name], StringComparer.Ordinal);
}
