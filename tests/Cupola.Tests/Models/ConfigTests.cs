using Cupola.Images;
using Cupola.Models;

namespace Cupola.Tests.Models;

public sealed class ConfigTests
{
    [Fact]
    public void WhatTransformersConfigurationLeavesOutIsTransformersDefault()
    {
        ClipConfig config = HuggingFaceConfig.Read(
            Written("""{"model_type":"clip","text_config":{},"vision_config":{"patch_size":16,"hidden_act":"gelu"}}""")
        );

        Assert.Equal(new TextConfig(49408, 77, new(512, 8, 12, 2048, Activation.QuickGelu)), config.Text);
        Assert.Equal(new VisionTransformerConfig(224, 16, new(768, 12, 12, 3072, Activation.Gelu)), config.Image);
        Assert.Equal(512, config.EmbeddingDimension);
    }

    [Theory]
    [InlineData("""{"model_type":"siglip","text_config":{}}""", "siglip")]
    [InlineData("""{"text_config":{"hidden_size":"wide"}}""", "'hidden_size'")]
    [InlineData("""{"text_config":{"hidden_act":"relu"}}""", "relu")]
    [InlineData("""{"text_config":{"num_hidden_layers":-1}}""", "'text_config.num_hidden_layers' is -1")]
    [InlineData("""{"text_config":{"hidden_size":0}}""", "'text_config.hidden_size' is 0, not between 1 and 65536")]
    [InlineData(
        """{"text_config":{"hidden_size":100,"num_attention_heads":8}}""",
        "'text_config.num_attention_heads' is 8, which does not divide the width, 100"
    )]
    [InlineData("""{"text_config":{"vocab_size":-5}}""", "'text_config.vocab_size' is -5")]
    [InlineData(
        """{"text_config":{"max_position_embeddings":2000000000}}""",
        "'text_config.max_position_embeddings' is 2000000000"
    )]
    [InlineData("""{"text_config":{"intermediate_size":0}}""", "'text_config.intermediate_size' is 0")]
    [InlineData(
        """{"text_config":{"hidden_size":99999999999}}""",
        "'hidden_size' is 99999999999, not a number that a size can be"
    )]
    [InlineData("""{"vision_config":{"patch_size":0}}""", "'vision_config.patch_size' is 0")]
    [InlineData(
        """{"vision_config":{"image_size":32,"patch_size":64}}""",
        "'vision_config.patch_size' is 64, which is more than the image's 32 pixels"
    )]
    [InlineData("""{"vision_config":{"image_size":1000000,"patch_size":1}}""", "'vision_config.image_size' is 1000000")]
    [InlineData("""{"vision_config":{"num_hidden_layers":100000000}}""", "'vision_config.num_hidden_layers' is 100000000")]
    [InlineData(
        """{"vision_config":{"num_attention_heads":7}}""",
        "'vision_config.num_attention_heads' is 7, which does not divide the width, 768"
    )]
    [InlineData("""{"text_config":{},"projection_dim":-1}""", "'projection_dim' is -1")]
    [InlineData("""{"text_config":{"hidden_act":"\ud800"}}""", "contains text that is not Unicode")]
    [InlineData("""{"\udc00":1,"text_config":{}}""", "contains text that is not Unicode")]
    [InlineData("""{}""", "neither")]
    [InlineData("""[]""", "not a JSON object")]
    [InlineData("""{"text_config":""", "not JSON")]
    public void RefusesATransformersConfigurationThatIsNoClip(string json, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<InvalidDataException>(() => HuggingFaceConfig.Read(Written(json))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void OpenClipsActivationIsGeluUnlessItSaysQuickGelu()
    {
        const string rest = """
            "embed_dim":64,"vision_cfg":{"layers":2,"width":128,"patch_size":16},"text_cfg":{"width":64,"heads":1,"layers":2}
            """;

        Assert.Equal(Activation.Gelu, OpenClipConfig.Read(Written("{\"model_cfg\":{" + rest + "}}")).Text.Transformer.Activation);
        Assert.Equal(
            Activation.QuickGelu,
            OpenClipConfig.Read(Written("{\"model_cfg\":{\"quick_gelu\":true," + rest + "}}")).Text.Transformer.Activation
        );
    }

    [Theory]
    [InlineData("""{"width":0}""", """{}""", "'vision_cfg.width' is 0")]
    [InlineData("""{"width":100,"head_width":30}""", """{}""", "'vision_cfg.width ÷ head_width'")]
    [InlineData("""{"width":32,"head_width":64}""", """{}""", "'vision_cfg.width ÷ head_width' is 0")]
    [InlineData("""{"mlp_ratio":1e30}""", """{}""", "'vision_cfg.mlp_ratio × width'")]
    [InlineData("""{}""", """{"heads":0}""", "'text_cfg.heads' is 0")]
    [InlineData("""{}""", """{"layers":-3}""", "'text_cfg.layers' is -3")]
    [InlineData("""{"layers":[1,1,1,1],"width":2000000000}""", """{}""", "'vision_cfg.width' is 2000000000")]
    [InlineData("""{"layers":[1,0,1,1],"width":32}""", """{}""", "'vision_cfg.layers' has a stage that is 0")]
    [InlineData(
        """{"layers":[1,1,1,1],"width":32,"image_size":100}""",
        """{}""",
        "'vision_cfg.image_size' is 100; a residual network takes a multiple of 32 pixels"
    )]
    public void AnImpossibleSizeIsToldByOpenClipsNameOfIt(string vision, string text, string named)
    {
        string path = Written($$$"""{"model_cfg":{"embed_dim":512,"vision_cfg":{{{vision}}},"text_cfg":{{{text}}}}}""");

        Assert.Contains(
            named,
            Assert.Throws<InvalidDataException>(() => OpenClipConfig.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"timm_model_name":"convnext_base"}""", """{}""", "timm_model_name")]
    [InlineData("""{"pool_type":"avg"}""", """{}""", "pool_type")]
    [InlineData("""{"ls_init_value":0.1}""", """{}""", "ls_init_value")]
    [InlineData("""{}""", """{"hf_model_name":"xlm-roberta-base"}""", "hf_model_name")]
    [InlineData("""{}""", """{"no_causal_mask":true}""", "no_causal_mask")]
    [InlineData("""{"image_size":[224,336]}""", """{}""", "image_size")]
    public void RefusesWhatWouldBeAnotherNetworkByItsName(string vision, string text, string named)
    {
        string path = Written($$$"""{"model_cfg":{"embed_dim":512,"vision_cfg":{{{vision}}},"text_cfg":{{{text}}}}}""");

        Assert.Contains(
            named,
            Assert.Throws<InvalidDataException>(() => OpenClipConfig.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ReadsOpenClipsPreprocessing()
    {
        ImagePreprocessing preprocessing = PreprocessingConfig.ReadOpenClip(
            Written(
                """{"preprocess_cfg":{"size":64,"resize_mode":"squash","interpolation":"bilinear","mean":"""
                    + """[0.5,0.5,0.5],"std":[0.5,0.5,0.5]}}"""
            ),
            new(64)
        );

        Assert.Equal(
            (64, ResizeMode.Squash, Interpolation.Bilinear),
            (preprocessing.Size, preprocessing.Mode, preprocessing.Interpolation)
        );
        Assert.Equal([0.5f, 0.5f, 0.5f], preprocessing.Mean);
    }

    [Fact]
    public void TheFillIsOneShadeForAllChannels()
    {
        Assert.Equal(
            127,
            PreprocessingConfig
                .ReadOpenClip(Written("""{"preprocess_cfg":{"size":64,"resize_mode":"longest","fill_color":127}}"""), new(64))
                .FillColor
        );
        Assert.Equal(
            9,
            PreprocessingConfig
                .ReadOpenClip(Written("""{"preprocess_cfg":{"size":64,"fill_color":[9,9,9]}}"""), new(64))
                .FillColor
        );
        string colored = Written("""{"preprocess_cfg":{"size":64,"fill_color":[1,2,3]}}""");
        Assert.Contains(
            "'fill_color'",
            Assert.Throws<InvalidDataException>(() => PreprocessingConfig.ReadOpenClip(colored, new(64))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"size":224,"crop_size":224,"resample":3}""", 224, 224)]
    [InlineData("""{"size":{"shortest_edge":256},"crop_size":{"height":224,"width":224}}""", 224, 256)]
    [InlineData("""{}""", 48, 48)]
    public void ReadsOldAndNewFormsOfTransformersPreprocessing(string json, int size, int resize)
    {
        ImagePreprocessing preprocessing = PreprocessingConfig.ReadTransformers(Written(json), new(48));

        Assert.Equal((size, resize, ResizeMode.Shortest), (preprocessing.Size, preprocessing.ResizeSize, preprocessing.Mode));
    }

    [Theory]
    [InlineData("""{"do_normalize":false}""", "do_normalize")]
    [InlineData("""{"resample":9}""", "resample")]
    [InlineData("""{"image_std":[0,1,1]}""", "std")]
    [InlineData("""{"crop_size":{"height":224,"width":100}}""", "width")]
    public void RefusesPreprocessingThatNoClipHas(string json, string named) =>
        Assert.Contains(
            named,
            Assert.Throws<InvalidDataException>(() => PreprocessingConfig.ReadTransformers(Written(json), new(224))).Message,
            StringComparison.Ordinal
        );

    private static string Written(string json)
    {
        string path = TestFolder.NewFile("config.json");
        File.WriteAllText(path, json);
        return path;
    }
}
