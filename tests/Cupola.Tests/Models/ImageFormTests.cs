using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Tests.Models;

public sealed class ImageFormTests
{
    [Theory]
    [InlineData("vit", "transformers")]
    [InlineData("vit-gelu", "open_clip")]
    [InlineData("resnet", "open_clip")]
    public void BytesWithTheNormalizationFoldedInGiveWhatNormalizedPixelsGive(string name, string layout)
    {
        string folder = SharedFolder.Need("parity", name, layout);
        using ClipModel ofBytes = ClipModel.Load(folder, new Engine(new() { Threads = 2 }));
        using ClipModel ofPixels = ClipModel.Load(folder, new Engine(new() { Threads = 2 }), ImageForm.PixelValues);
        int size = ofBytes.Config.Image.ImageSize,
            area = size * size;
        using Tensor bytes = Tensor.Allocate(ElementType.UInt8, 3, size, size, 3);
        using Tensor pixels = Tensor.Allocate(ElementType.Float32, 3, 3, size, size);
        new Random(4).NextBytes(bytes.AsSpan<byte>());
        for (int index = 0; index < 3 * area * 3; index++)
        {
            (int image, int within) = Math.DivRem(index, area * 3);
            (int place, int channel) = Math.DivRem(within, 3);
            pixels.AsSpan<float>()[(((image * 3) + channel) * area) + place] =
                ((bytes.AsSpan<byte>()[index] / 255f) - ofBytes.Preprocessing.Mean[channel])
                / ofBytes.Preprocessing.StandardDeviation[channel];
        }

        float[] expected = ofPixels.Image.Encode(pixels);

        ForwardParityTests.AssertClose(expected, ofBytes.Image.Encode(bytes), expected);
    }
}
