using Cupola.Checkpoints;

namespace Cupola.Tests.Checkpoints;

/// <summary>
/// A CLIP in a file, whatever stands before its names, and what lies beside it: one rule for all kinds of files and all layouts.
/// </summary>
public sealed class WrappedModelTests
{
    private static readonly string[] OpenAi =
    [
        "logit_scale",
        "positional_embedding",
        "token_embedding.weight",
        "ln_final.weight",
        "text_projection",
        "transformer.resblocks.0.ln_1.weight",
        "visual.conv1.weight",
        "visual.positional_embedding",
        "visual.transformer.resblocks.0.ln_1.weight",
        "visual.proj",
    ];

    private static readonly string[] Separate =
    [
        .. OpenAi.Select(static name =>
            name.StartsWith("visual.", StringComparison.Ordinal) || name == "logit_scale" ? name : $"text.{name}"
        ),
    ];

    private static readonly string[] Transformers =
    [
        "logit_scale",
        "text_model.embeddings.token_embedding.weight",
        "text_model.encoder.layers.0.mlp.fc1.weight",
        "text_projection.weight",
        "vision_model.embeddings.patch_embedding.weight",
        "vision_model.encoder.layers.0.mlp.fc1.weight",
        "visual_projection.weight",
    ];

    public static TheoryData<string> Prefixes =>
        [
            "",
            "module.",
            "_orig_mod.",
            "model.",
            "clip.",
            "clip_model.",
            "net.",
            "module.module.",
            "module._orig_mod.model.clip_model.",
            "a.b.c.",
            "state_dict.",
            "state_dict_ema.module.",
            "checkpoint.model.state_dict.",
            "network.text.",
            "visual.",
        ];

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void WhateverStandsBeforeAllNamesIsTakenOff(string prefix)
    {
        foreach (string[] layout in new[] { OpenAi, Separate, Transformers })
        {
            FoundModel found = Find([.. layout.Select(name => prefix + name)])!;

            Assert.Equal(prefix, found.Prefix);
            Assert.Equal(layout, found.Tensors.Select(static tensor => tensor.Name));
            Assert.Empty(found.Notes("file"));
        }
    }

    [Fact]
    public void WrappersAmongTheNamesAreTakenOffToo()
    {
        string[] wrapped =
        [
            .. Transformers.Select(static name =>
                "_fsdp_wrapped_module."
                + name.Replace("vision_model.", "vision_model._fsdp_wrapped_module.", StringComparison.Ordinal)
                    .Replace("layers.0.", "layers.0._checkpoint_wrapped_module.", StringComparison.Ordinal)
            ),
        ];

        Assert.Equal(Transformers, Find(wrapped)!.Tensors.Select(static tensor => tensor.Name));
        Assert.Equal(
            OpenAi,
            Find([.. OpenAi.Select(static name => name.Replace("visual.", "visual.module.", StringComparison.Ordinal))])!
                .Tensors.Select(static tensor => tensor.Name)
        );
    }

    [Fact]
    public void WhatLiesBesideTheModelIsLeftOutWithANote()
    {
        FoundModel found = Find([
            .. OpenAi.Select(static name => "model." + name),
            "model.queue",
            "criterion.weight",
            "optimizer.state.0.exp_avg",
        ])!;

        Assert.Equal(OpenAi, found.Tensors.Select(static tensor => tensor.Name));
        Assert.Equal(
            "file also contains 3 tensors that do not belong to the model and are left out: "
                + "model.queue, criterion.weight, optimizer.state.0.exp_avg.",
            Assert.Single(found.Notes("file"))
        );
    }

    [Fact]
    public void WhatIsUnknownWithinATowerStaysTheModels() =>
        Assert.Contains(
            "visual.adapter.weight",
            Find([.. OpenAi, "visual.adapter.weight"])!.Tensors.Select(static tensor => tensor.Name)
        );

    [Theory]
    [InlineData("model.", "model_ema.", "model.")]
    [InlineData("teacher.", "student.", "student.")]
    [InlineData("state_dict.module.encoder_q.", "state_dict.module.encoder_k.", "state_dict.module.encoder_q.")]
    [InlineData("", "teacher.", "")]
    [InlineData("state_dict.", "state_dict_ema.", "state_dict.")]
    [InlineData("state_dict.", "other.", "state_dict.")]
    public void OfTwoModelsTheOneThatFollowsNoneIsChosenWithANote(string first, string second, string chosen)
    {
        FoundModel found = Find([.. OpenAi.Select(name => first + name), .. OpenAi.Select(name => second + name)])!;

        Assert.Equal(chosen, found.Prefix);
        string note = Assert.Single(found.Notes("file"));
        Assert.StartsWith("file contains more than one model; the one ", note, StringComparison.Ordinal);
        Assert.Contains(ModelNames.Place(first), note, StringComparison.Ordinal);
        Assert.Contains(ModelNames.Place(second), note, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoModelsOfWhichNoneIsMoreLikelyMeantAreASentence() =>
        Assert.Contains(
            "under 'a', under 'b'",
            Assert
                .Throws<InvalidDataException>(() =>
                    Find([.. OpenAi.Select(static name => "a." + name), .. OpenAi.Select(static name => "b." + name)])
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void TheSameModelTwiceIsOne()
    {
        FoundModel found = ModelNames.Find(
            [.. OpenAi.Select(static name => "a." + name), .. OpenAi.Select(static name => "b." + name)],
            static (_, _) => true
        )!;

        Assert.Equal("a.", found.Prefix);
        Assert.Empty(found.Notes("file"));
    }

    [Fact]
    public void NamesOfNoClipAreNone() => Assert.Null(Find(["backbone.conv1.weight", "head.bias", "encoder.token.weight"]));

    [Theory]
    [InlineData("visual.class_embedding", true)]
    [InlineData("visual.attnpool.positional_embedding", true)]
    [InlineData("visual.ln_post.weight", false)]
    public void AClipThatLearnedByTheSigmoidLossIsNoSigLip(string name, bool isClip)
    {
        string path = TestFolder.NewFile("model.safetensors");
        Write(path, "logit_bias", name);

        if (isClip)
        {
            using Checkpoint checkpoint = Checkpoint.Open(path);
            Assert.Equal(0, checkpoint.LogitBias);
        }
        else
        {
            Assert.Contains(
                "is a SigLIP without the attention pool",
                Assert.Throws<InvalidDataException>(() => Checkpoint.Open(path)).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData(".safetensors")]
    [InlineData(".ckpt")]
    public void NamesThatStayUnknownAreTold(string extension)
    {
        string path = Path.Combine(TestFolder.New(), "last" + extension);
        Write(path, "backbone.stem.weight", "backbone.fc.bias");

        using Checkpoint checkpoint = Checkpoint.Open(Path.GetDirectoryName(path)!);

        Assert.Contains(
            "its tensors are called backbone.stem.weight, backbone.fc.bias",
            Assert.Throws<InvalidDataException>(() => checkpoint.Require(new Dictionary<string, long[]>())).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS")]
    [InlineData("<!DOCTYPE html><html>not found</html>", "a web page")]
    public void APageOrAPointerInPlaceOfWeightsIsToldAsWhatItIs(string content, string sentence)
    {
        string path = TestFolder.NewFile("model.safetensors");
        File.WriteAllText(path, content);

        Assert.Contains(
            sentence,
            Assert.Throws<InvalidDataException>(() => TensorFile.Open(path)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Tensors of one zero each.</summary>
    private static void Write(string path, params string[] names) =>
        SafetensorsFile.Write(
            path,
            [
                .. names.Select(static name =>
                    (name, (IReadOnlyList<long>)[1L], (Action<Stream>)(static stream => stream.Write(new byte[4])))
                ),
            ]
        );

    private static FoundModel? Find(string[] names) => ModelNames.Find(names, static (_, _) => false);
}
