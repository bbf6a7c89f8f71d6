using Cupola.Models;

namespace Cupola.Tests.Models;

/// <summary>The architectures that OpenAI published (arXiv 2103.00020, tables 19 and 20).</summary>
internal static class OpenAiModels
{
    public static readonly IReadOnlyList<(string Name, ClipConfig Config)> All =
    [
        ("RN50", Network(1024, 224, [3, 4, 6, 3], 64, 512)),
        ("RN101", Network(512, 224, [3, 4, 23, 3], 64, 512)),
        ("RN50x4", Network(640, 288, [4, 6, 10, 6], 80, 640)),
        ("RN50x16", Network(768, 384, [6, 8, 18, 8], 96, 768)),
        ("RN50x64", Network(1024, 448, [3, 15, 36, 10], 128, 1024)),
        ("ViT-B/32", Vision(512, 224, 32, Transformer(768, 12), 512)),
        ("ViT-B/16", Vision(512, 224, 16, Transformer(768, 12), 512)),
        ("ViT-L/14", Vision(768, 224, 14, Transformer(1024, 24), 768)),
        ("ViT-L/14@336px", Vision(768, 336, 14, Transformer(1024, 24), 768)),
    ];

    private static ClipConfig Network(int embedding, int size, int[] layers, int width, int textWidth) =>
        new(Text(textWidth), new ResNetConfig(size, layers, width, width * 32 / 64), embedding, []);

    private static ClipConfig Vision(int embedding, int size, int patch, TransformerConfig image, int textWidth) =>
        new(Text(textWidth), new VisionTransformerConfig(size, patch, image), embedding, []);

    private static TextConfig Text(int width) => new(49408, 77, Transformer(width, 12));

    private static TransformerConfig Transformer(int width, int layers) =>
        new(width, width / 64, layers, width * 4, Activation.QuickGelu);
}
