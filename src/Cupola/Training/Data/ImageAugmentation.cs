using Cupola.Images;
using static System.FormattableString;

namespace Cupola.Training.Data;

/// <summary>
/// The augmentation of an image in each epoch, so that a model learns its content and not position or light: a random crop
/// (torchvision's RandomResizedCrop), mirroring, other brightness, contrast and saturation (torchvision's ColorJitter). The hue
/// stays, because captions name colors.
/// </summary>
internal sealed record ImageAugmentation
{
    /// <param name="minimumScale">
    /// The least share of the image in a random crop; 1 keeps the model's own preprocessing.
    /// </param>
    /// <param name="flip">Whether images are mirrored with probability ½.</param>
    /// <param name="jitterStrength">
    /// The strength of the color jitter: how far the factors may be from 1; 0 disables it.
    /// </param>
    /// <exception cref="ArgumentException">A share or a strength is out of its range.</exception>
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

    /// <summary>The least share of the image in a random crop.</summary>
    public float MinimumScale { get; }

    /// <summary>Whether images are mirrored with probability ½.</summary>
    public bool Flip { get; }

    /// <summary>The strength of the color jitter.</summary>
    public float JitterStrength { get; }

    /// <summary>Whether images are cropped randomly.</summary>
    public bool Crops => MinimumScale < 1;

    /// <summary>Augments and preprocesses an image for one epoch.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="preprocessing">The model's preprocessing.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="pair">The pair's index in the data.</param>
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

    /// <summary>Augments a preprocessed image in place: mirroring and color jitter.</summary>
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
