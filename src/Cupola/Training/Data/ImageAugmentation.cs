using Cupola.Images;
using static System.FormattableString;

namespace Cupola.Training.Data;

/// <summary>
/// What happens to an image each time it is seen anew, so that a model learns what an image shows and not where and in what
/// light: a random part of it (torchvision's
/// RandomResizedCrop), its mirror image, other brightness, contrast and saturation (torchvision's ColorJitter). The hue stays,
/// because captions name colours.
/// </summary>
internal sealed record ImageAugmentation
{
    /// <param name="minimumScale">
    /// The least share of the image that a random part may have; 1 keeps the model's own preprocessing.
    /// </param>
    /// <param name="flip">Whether every other image is mirrored.</param>
    /// <param name="jitterStrength">
    /// How far brightness, contrast and saturation may go from 1, up and down; 0 leaves them.
    /// </param>
    /// <exception cref="ArgumentException">A share that is none, or a strength that is none.</exception>
    public ImageAugmentation(float minimumScale, bool flip, float jitterStrength)
    {
        if (minimumScale is not (> 0 and <= 1))
        {
            throw new ArgumentException(
                Invariant($"A random part has a share above 0 and at most 1 of the image, not {minimumScale}; 1 is all."),
                nameof(minimumScale)
            );
        }

        if (jitterStrength is not (>= 0 and <= 1))
        {
            throw new ArgumentException(
                Invariant(
                    $"Brightness, contrast and saturation change by a share between 0 and 1, not {jitterStrength}; 0 leaves them."
                ),
                nameof(jitterStrength)
            );
        }

        (MinimumScale, Flip, JitterStrength) = (minimumScale, flip, jitterStrength);
    }

    /// <summary>The model's own preprocessing, byte for byte.</summary>
    public static ImageAugmentation None { get; } = new(1, flip: false, 0);

    /// <summary>The least share of the image that a random part may have.</summary>
    public float MinimumScale { get; }

    /// <summary>Whether every other image is mirrored.</summary>
    public bool Flip { get; }

    /// <summary>How far brightness, contrast and saturation may go.</summary>
    public float JitterStrength { get; }

    /// <summary>Whether a random part is taken.</summary>
    public bool Crops => MinimumScale < 1;

    /// <summary>An image as it is seen in one epoch.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="seed">The run's.</param>
    /// <param name="epoch">Which time it is.</param>
    /// <param name="pair">Where it stands in the data.</param>
    /// <param name="destination">Becomes [size, size, 3].</param>
    public void Apply(RgbImage image, ImagePreprocessing preprocessing, ulong seed, long epoch, int pair, Span<byte> destination)
    {
        destination = destination[..preprocessing.ByteCount];
        if (Crops)
        {
            RandomCrop crop = RandomCrop.Draw(image.Width, image.Height, MinimumScale, new(seed, RandomUse.Crop, epoch, pair));
            using RgbImage part = crop.Apply(image);
            (preprocessing with { Mode = ResizeMode.Squash, ResizeSize = preprocessing.Size }).Apply(part, destination);
        }
        else
        {
            preprocessing.Apply(image, destination);
        }

        ApplyShaped(destination, preprocessing.Size, seed, epoch, pair);
    }

    /// <summary>What happens to an image that has the model's shape already, in place: mirror and light.</summary>
    public void ApplyShaped(Span<byte> pixels, int size, ulong seed, long epoch, int pair)
    {
        if (Flip && new SplitMix64(seed, RandomUse.Flip, epoch, pair).NextBelow(2) == 1)
        {
            for (int row = 0; row < size; row++)
            {
                Mirror(pixels.Slice(row * size * 3, size * 3));
            }
        }

        if (JitterStrength > 0)
        {
            ColorJitter.Apply(pixels, JitterStrength, new(seed, RandomUse.ColorJitter, epoch, pair));
        }
    }

    private static void Mirror(Span<byte> row)
    {
        for (int left = 0, right = row.Length - 3; left < right; left += 3, right -= 3)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                (row[left + channel], row[right + channel]) = (row[right + channel], row[left + channel]);
            }
        }
    }
}
