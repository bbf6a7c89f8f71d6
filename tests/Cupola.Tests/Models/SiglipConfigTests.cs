using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

/// <summary>SigLIP's configurations in both layouts, as published ones are, and folders that Cupola writes.</summary>
public sealed class SiglipConfigTests
{
    /// <summary>config.json as on the hub, without what is a default, and parameters as the hub counts them.</summary>
    [Theory]
    [InlineData("""{"text_config":{},"vision_config":{}}""", 203)]
    [InlineData("""{"text_config":{},"vision_config":{"image_size":256}}""", 203)]
    [InlineData("""{"text_config":{"vocab_size":256000},"vision_config":{"image_size":512}}""", 376)]
    [InlineData(
        """
            {"text_config":{"hidden_size":1152,"intermediate_size":4304,"num_hidden_layers":27,"num_attention_heads":16},
            "vision_config":{"hidden_size":1152,"intermediate_size":4304,"num_hidden_layers":27,"num_attention_heads":16,
            "image_size":384,"patch_size":14}}
            """,
        878
    )]
    public void APublishedConfigurationDescribesThePublishedModel(string json, int millions)
    {
        ClipConfig config = SiglipConfig.Read(Written(json.Insert(1, "\"model_type\":\"siglip\",")));
        ClipNetwork network = new(config);

        Assert.Equal(millions, Math.Round(network.Parameters.Sum(static parameter => parameter.ElementCount) / 1e6));
        Assert.Equal((Activation.GeluTanh, 1e-6f), (ImageActivation(config), config.Text.Transformer.LayerNormEpsilon));
        Assert.Equal((64, ScoreKind.Sigmoid), (config.Text.ContextLength, config.Score));
    }

    [Theory]
    [InlineData("vit_base_patch16_siglip_224", 196, 768, 3072, "Gelu")]
    [InlineData("vit_base_patch32_siglip_256", 64, 768, 3072, "GeluTanh")]
    [InlineData("vit_large_patch16_siglip_384", 576, 1024, 4096, "Gelu")]
    [InlineData("vit_large_patch16_siglip_512", 1024, 1024, 4096, "GeluTanh")]
    [InlineData("vit_so400m_patch14_siglip_384", 729, 1152, 4304, "Gelu")]
    [InlineData("vit_so400m_patch16_siglip_256", 256, 1152, 4304, "GeluTanh")]
    [InlineData("vit_giantopt_patch16_siglip_384", 576, 1536, 6144, "GeluTanh")]
    public void TimmsNamesSayTheSizesOfAnImageTower(string name, int tokens, int width, int mlp, string activation)
    {
        var vision = (VisionTransformerConfig)OpenClipSiglipConfig.Read(OpenClip(name, width)).Image;

        Assert.Equal(
            (tokens, width, mlp, activation),
            (vision.Tokens, vision.Transformer.Width, vision.Transformer.MlpWidth, vision.Transformer.Activation.ToString())
        );
    }

    [Fact]
    public void WhatIsWrittenInTransformersLayoutIsReadAsTheSameModel()
    {
        string source = SiglipFolder.Create("open_clip"),
            target = Path.Combine(TestFolder.New(), "written");
        using ClipEmbedder first = ClipEmbedder.Load(source);
        Dictionary<string, Tensor> parameters = first.Model.Network.Parameters.ToDictionary(
            static parameter => parameter.Name,
            parameter => first.Model.Parameters[parameter.Name],
            StringComparer.Ordinal
        );

        ModelFolderWriter.Write(target, first.Config, first.Preprocessing, parameters, source, ElementType.Float32);
        using ClipEmbedder second = ClipEmbedder.Load(target);

        Assert.Equal(CheckpointLayout.TransformersSiglip, second.Layout);
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal(first.Score, second.Score);
    }

    [Fact]
    public void AProjectionMayBeAbsentInOpenClipsLayout()
    {
        ClipConfig config = OpenClipSiglipConfig.Read(OpenClip("vit_base_patch16_siglip_256", 768, """, "proj_type": "none" """));

        Assert.DoesNotContain(new ClipNetwork(config).Parameters, static parameter => parameter.IsUnder("text.projection"));
    }

    private static Activation ImageActivation(ClipConfig config) =>
        ((VisionTransformerConfig)config.Image).Transformer.Activation;

    private static string OpenClip(string name, int width, string more = "") =>
        Written(
            $$$"""
            {"model_cfg": {"embed_dim": {{{width}}}, "vision_cfg": {"timm_model_name": "{{{name}}}", "timm_pool": "map"},
             "text_cfg": {"width": {{{width}}}, "heads": 4, "no_causal_mask": true, "proj_bias": true, "pool_type": "last",
              "context_length": 64 {{{more}}} } } }
            """
        );

    private static string Written(string json)
    {
        string path = TestFolder.NewFile("config.json");
        File.WriteAllText(path, json);
        return path;
    }
}
