using CsCheck;
using Cupola.Images;

namespace Cupola.Tests.Images;

public sealed class ResizeKernelTests
{
    private static readonly Gen<(int Width, int Height, int ToWidth, int ToHeight, Interpolation Interpolation, int Seed)> Cases =
        Gen.Select(
            Gen.Int[1, 120],
            Gen.Int[1, 120],
            Gen.Int[1, 90],
            Gen.Int[1, 90],
            Gen.Int[1, 5].Select(number => (Interpolation)number),
            Gen.Int
        );

    [Fact]
    public void EveryKernelGivesTheBytesOfTheDefinition() =>
        Cases.Sample(
            (width, height, toWidth, toHeight, interpolation, seed) =>
            {
                using RgbImage image = new(width, height);
                new Random(seed).NextBytes(image.Bytes);
                byte[] expected = ByDefinition(image, interpolation, toWidth, toHeight);

                foreach (ResizeKernel kernel in new[] { new PortableResizeKernel(), ResizeKernel.Best })
                {
                    byte[] whole = new byte[toWidth * toHeight * 3];
                    PillowResize.Resize(image, interpolation, toWidth, toHeight, 0, 0, toWidth, toHeight, whole, kernel);
                    Assert.Equal(expected, whole);
                }
            }
        );

    [Fact]
    public void AWindowIsThatPartOfTheWhole() =>
        Cases.Sample(
            (width, height, toWidth, toHeight, interpolation, seed) =>
            {
                using RgbImage image = new(width, height);
                new Random(seed).NextBytes(image.Bytes);
                int left = toWidth / 3,
                    top = toHeight / 4,
                    windowWidth = toWidth - left,
                    windowHeight = Math.Max((toHeight - top) / 2, 1);
                byte[] whole = new byte[toWidth * toHeight * 3],
                    window = new byte[windowWidth * windowHeight * 3];
                PillowResize.Resize(image, interpolation, toWidth, toHeight, 0, 0, toWidth, toHeight, whole);
                PillowResize.Resize(image, interpolation, toWidth, toHeight, left, top, windowWidth, windowHeight, window);

                for (int row = 0; row < windowHeight; row++)
                {
                    Assert.Equal(
                        whole.AsSpan((((top + row) * toWidth) + left) * 3, windowWidth * 3),
                        window.AsSpan(row * windowWidth * 3, windowWidth * 3)
                    );
                }
            }
        );

    /// <summary>Two passes over single bytes, as Resample.c is written.</summary>
    private static byte[] ByDefinition(RgbImage image, Interpolation interpolation, int width, int height)
    {
        byte[] between = width == image.Width ? image.Bytes.ToArray() : new byte[width * image.Height * 3];
        if (width != image.Width)
        {
            ResizeWeights across = ResizeWeights.Create(interpolation, image.Width, width, 0, width);
            for (int row = 0; row < image.Height; row++)
            {
                for (int index = 0; index < width * 3; index++)
                {
                    int pixel = index / 3;
                    between[(row * width * 3) + index] = Sum(
                        across,
                        pixel,
                        tap => image.Bytes[(((row * image.Width) + across.First[pixel] + tap) * 3) + (index % 3)],
                        image.Width
                    );
                }
            }
        }

        if (height == image.Height)
        {
            return between;
        }

        byte[] result = new byte[width * height * 3];
        ResizeWeights down = ResizeWeights.Create(interpolation, image.Height, height, 0, height);
        for (int row = 0; row < height; row++)
        {
            for (int index = 0; index < width * 3; index++)
            {
                result[(row * width * 3) + index] = Sum(
                    down,
                    row,
                    tap => between[((down.First[row] + tap) * width * 3) + index],
                    image.Height
                );
            }
        }

        return result;
    }

    private static byte Sum(ResizeWeights weights, int output, Func<int, byte> input, int inputSize)
    {
        int sum = 1 << (ResizeWeights.FractionBits - 1);
        for (int tap = 0; tap < weights.Taps && weights.First[output] + tap < inputSize; tap++)
        {
            sum += weights.Weights[(output * weights.Taps) + tap] * input(tap);
        }

        return (byte)Math.Clamp(sum >> ResizeWeights.FractionBits, 0, 255);
    }
}
