using Cupola.Images;
using Cupola.Models;

namespace Cupola.Tests.Models;

/// <summary>
/// open_clip's configurations of the most used CLIP models: the number of parameters is the published one (open_clip,
/// docs/openclip_results.csv), so heads aside every size is read as it was trained.
/// </summary>
public sealed class PublishedModelTests
{
    [Theory]
    [InlineData("ViT-B-32", """{"layers":12,"width":768,"patch_size":32}""", 512, 512, 8, 12, 151.28, 12)]
    [InlineData("ViT-B-32-256", """{"layers":12,"width":768,"patch_size":32,"image_size":256}""", 512, 512, 8, 12, 151.29, 12)]
    [InlineData("ViT-B-16", """{"layers":12,"width":768,"patch_size":16}""", 512, 512, 8, 12, 149.62, 12)]
    [InlineData("ViT-L-14", """{"layers":24,"width":1024,"patch_size":14}""", 768, 768, 12, 12, 427.62, 16)]
    [InlineData("ViT-L-14-336", """{"layers":24,"width":1024,"patch_size":14,"image_size":336}""", 768, 768, 12, 12, 427.94, 16)]
    [InlineData("ViT-H-14", """{"layers":32,"width":1280,"head_width":80,"patch_size":14}""", 1024, 1024, 16, 24, 986.11, 16)]
    [InlineData(
        "ViT-H-14-378",
        """{"layers":32,"width":1280,"head_width":80,"patch_size":14,"image_size":378}""",
        1024,
        1024,
        16,
        24,
        986.71,
        16
    )]
    [InlineData(
        "ViT-g-14",
        """{"layers":40,"width":1408,"head_width":88,"mlp_ratio":4.3637,"patch_size":14}""",
        1024,
        1024,
        16,
        24,
        1366.68,
        16
    )]
    [InlineData(
        "ViT-bigG-14",
        """{"layers":48,"width":1664,"head_width":104,"mlp_ratio":4.9231,"patch_size":14}""",
        1280,
        1280,
        20,
        32,
        2539.57,
        16
    )]
    public void AConfigurationDescribesThePublishedNetwork(
        string name,
        string vision,
        int embedding,
        int width,
        int heads,
        int layers,
        double millions,
        int imageHeads
    )
    {
        ClipConfig config = OpenClipConfig.Read(
            Written(
                $$$"""
                {"model_cfg": {"embed_dim": {{{embedding}}}, "vision_cfg": {{{vision}}},
                 "text_cfg": {"width": {{{width}}}, "heads": {{{heads}}}, "layers": {{{layers}}} } } }
                """
            )
        );

        double count = new ClipNetwork(config).Parameters.Sum(static parameter => parameter.ElementCount) / 1e6;

        Assert.Equal(imageHeads, ((VisionTransformerConfig)config.Image).Transformer.Heads);
        Assert.Equal(Activation.Gelu, config.Text.Transformer.Activation);
        Assert.True(Math.Abs(count - millions) < 0.006, $"{name} has {count} million parameters.");
    }

    /// <summary>DFN's and MetaCLIP's weights look like any other; QuickGELU stands in the configuration alone.</summary>
    [Fact]
    public void QuickGeluIsTakenFromTheConfiguration()
    {
        ClipConfig config = OpenClipConfig.Read(
            Written("""{"model_cfg":{"embed_dim":512,"quick_gelu":true,"vision_cfg":{},"text_cfg":{}}}""")
        );

        Assert.Equal(Activation.QuickGelu, config.Text.Transformer.Activation);
        Assert.Equal(Activation.QuickGelu, ((VisionTransformerConfig)config.Image).Transformer.Activation);
    }

    /// <summary>CLIPA's images are squashed with bilinear interpolation, by ImageNet's mean and deviation.</summary>
    [Fact]
    public void ClipasPreprocessingIsReadAsItIs()
    {
        ImagePreprocessing preprocessing = PreprocessingConfig.ReadOpenClip(
            Written(
                """
                {"preprocess_cfg":{"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225],"interpolation":"bilinear",
                 "resize_mode":"squash"}}
                """
            ),
            new(224)
        );

        Assert.Equal(
            (ResizeMode.Squash, Interpolation.Bilinear, 0.485f, 0.225f),
            (preprocessing.Mode, preprocessing.Interpolation, preprocessing.Mean[0], preprocessing.StandardDeviation[2])
        );
    }

    private static string Written(string json)
    {
        string path = TestFolder.NewFile("open_clip_config.json");
        File.WriteAllText(path, json);
        return path;
    }
}
