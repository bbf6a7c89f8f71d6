using Cupola.Cli;

namespace Cupola.Tests.Cli;

/// <summary>What people call a model, and which one of the hub it is.</summary>
public sealed class ModelNameTests
{
    private static readonly Uri Hub = new("https://huggingface.co");

    [Theory]
    [InlineData("openai/clip-vit-base-patch32", "openai/clip-vit-base-patch32")]
    [InlineData("timm/resnet50_clip.openai", "timm/resnet50_clip.openai")]
    [InlineData("a/b@v1", "a/b@v1")]
    [InlineData("hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K")]
    [InlineData("hf-hub:timm/ViT-B-16-SigLIP@main", "timm/ViT-B-16-SigLIP@main")]
    [InlineData("HF-HUB:a/b", "a/b")]
    [InlineData("hf_hub:a/b", "a/b")]
    [InlineData("hf://a/b", "a/b")]
    [InlineData("hf://a/b@refs/pr/1", "a/b@refs/pr/1")]
    [InlineData("https://huggingface.co/openai/clip-vit-base-patch32", "openai/clip-vit-base-patch32")]
    [InlineData("https://huggingface.co/openai/clip-vit-base-patch32/", "openai/clip-vit-base-patch32")]
    [InlineData("http://huggingface.co/a/b?library=transformers#usage", "a/b")]
    [InlineData("https://www.huggingface.co/a/b", "a/b")]
    [InlineData("huggingface.co/a/b", "a/b")]
    [InlineData("https://hf.co/a/b", "a/b")]
    [InlineData("https://huggingface.co/a/b.git", "a/b")]
    [InlineData("https://huggingface.co/a/b/tree/main", "a/b")]
    [InlineData("https://huggingface.co/a/b/tree/v1.0", "a/b@v1.0")]
    [InlineData("https://huggingface.co/a/b/tree/refs%2Fpr%2F7", "a/b@refs/pr/7")]
    [InlineData("https://huggingface.co/a/b/tree/refs/pr/7", "a/b@refs/pr/7")]
    [InlineData(
        "https://huggingface.co/a/b/commit/0123456789abcdef0123456789abcdef01234567",
        "a/b@0123456789abcdef0123456789abcdef01234567"
    )]
    [InlineData("https://huggingface.co/a/b/discussions/3", "a/b")]
    [InlineData("ViT-B/32", "openai/clip-vit-base-patch32")]
    [InlineData("ViT-L/14@336px", "openai/clip-vit-large-patch14-336")]
    [InlineData("RN50", "timm/resnet50_clip.openai")]
    [InlineData("ViT-B-32 laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K")]
    [InlineData("ViT-B-32,laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K")]
    [InlineData("ViT-L-14::openai", "openai/clip-vit-large-patch14")]
    [InlineData("ViT-B-16__openai", "openai/clip-vit-base-patch16")]
    [InlineData("ViT-H-14/laion2b_s32b_b79k", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K")]
    public void ItIsUnderstood(string text, string hub) => Assert.Equal(new ModelName(hub, null), ModelName.Parse(text, Hub));

    [Theory]
    [InlineData("https://huggingface.co/a/b/blob/main/open_clip_pytorch_model.bin", "a/b", "open_clip_pytorch_model.bin")]
    [InlineData("https://huggingface.co/a/b/resolve/v2/model.safetensors?download=true", "a/b@v2", "model.safetensors")]
    [InlineData("https://huggingface.co/a/b/raw/refs/pr/2/config.json", "a/b@refs/pr/2", "config.json")]
    [InlineData("hf://a/b@v1/model.safetensors", "a/b@v1", "model.safetensors")]
    public void AFileOfItIsUnderstood(string text, string hub, string file)
    {
        ModelName model = ModelName.Parse(text, Hub);

        Assert.Equal((hub, file), (model.Hub, model.File));
    }

    [Theory]
    [InlineData("vit-b/32", "openai/clip-vit-base-patch32")]
    [InlineData("ViT-B32", "openai/clip-vit-base-patch32")]
    [InlineData("rn50x4", "timm/resnet50x4_clip.openai")]
    [InlineData("OpenAI/CLIP-ViT-Base-Patch32", "openai/clip-vit-base-patch32")]
    [InlineData("clip-vit-base-patch32", "openai/clip-vit-base-patch32")]
    [InlineData("ViT-B-32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K")]
    [InlineData("laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K")]
    [InlineData("nothing", "it is no folder, no file, no name on the hub")]
    [InlineData("https://github.com/openai/CLIP", "is no model of the hub at huggingface.co")]
    [InlineData("https://huggingface.co.evil.example/a/b", "is no model of the hub at huggingface.co")]
    [InlineData("https://user@evil.example/huggingface.co/a/b", "is no model of the hub at huggingface.co")]
    [InlineData("https://huggingface.co/datasets/a/b", "is of the hub's datasets")]
    [InlineData("https://huggingface.co/a/b/tree/main/sub", "is a folder in a model's repository")]
    [InlineData("https://huggingface.co/a", "There is no model")]
    [InlineData("https://huggingface.co/a/..%2f..%2fb", "There is no model")]
    [InlineData("hf-hub:a", "There is no model")]
    [InlineData("file:///etc/passwd", "is no model of the hub at huggingface.co")]
    public void WhatMayBeMeantIsTold(string text, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<FileNotFoundException>(() => ModelName.Parse(text, Hub)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void APageOfAMirrorIsTheMirrorsModel()
    {
        Uri mirror = new("http://127.0.0.1:8080/hub");

        Assert.Equal("a/b@v1", ModelName.Parse("http://127.0.0.1:8080/hub/a/b/tree/v1", mirror).Hub);
        Assert.Equal("a/b", ModelName.Parse("https://huggingface.co/a/b", mirror).Hub);
    }

    [Fact]
    public void WhatLiesOnDiskComesFirst()
    {
        string folder = Directory.CreateDirectory(Path.Combine(TestFolder.New(), "ViT-B", "32")).FullName;

        Assert.Equal(folder, ModelOptions.Find(folder, CancellationToken.None));
        Assert.Equal(folder, ModelOptions.Find("local-dir:" + folder, CancellationToken.None));
        Assert.Contains(
            "no folder",
            Assert
                .Throws<FileNotFoundException>(() => ModelOptions.Find("local-dir:/nowhere/at/all", CancellationToken.None))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is called flags",
            Assert.Throws<FileNotFoundException>(() => ModelOptions.Find("Flags", CancellationToken.None)).Message,
            StringComparison.Ordinal
        );
    }
}
