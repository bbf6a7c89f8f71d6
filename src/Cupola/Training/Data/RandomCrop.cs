using Cupola.Images;

namespace Cupola.Training.Data;

/// <summary>
/// A random crop (torchvision's RandomResizedCrop, get_params): its area is drawn uniformly, and so is the logarithm of its
/// aspect ratio.
/// </summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
internal sealed record RandomCrop(int Left, int Top, int Width, int Height)
{
    /// <summary>The least and the greatest aspect ratio (torchvision's default, from Szegedy et al., arXiv 1409.4842).</summary>
    private const double Narrowest = 3.0 / 4,
        Widest = 4.0 / 3;

    /// <summary>How often a crop is drawn until it fits into the image.</summary>
    private const int Attempts = 10;

    /// <summary>Draws a crop of an image of a given size.</summary>
    public static RandomCrop Draw(int width, int height, double minimumScale, SplitMix64 random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = (double)width * height * random.NextBetween(minimumScale, 1);
            double aspect = Math.Exp(random.NextBetween(Math.Log(Narrowest), Math.Log(Widest)));
            int partWidth = (int)Math.Round(Math.Sqrt(area * aspect)),
                partHeight = (int)Math.Round(Math.Sqrt(area / aspect));
            if (partWidth > 0 && partWidth <= width && partHeight > 0 && partHeight <= height)
            {
                int top = random.NextBelow(height - partHeight + 1);
                return new(random.NextBelow(width - partWidth + 1), top, partWidth, partHeight);
            }
        }

        return Middle(width, height);
    }

    /// <summary>The crop as a separate image, so that a resize does not read pixels around it.</summary>
    public RgbImage Apply(RgbImage image)
    {
        RgbImage part = new(Width, Height);
        for (int row = 0; row < Height; row++)
        {
            image.Row(Top + row).Slice(Left * 3, Width * 3).CopyTo(part.Row(row));
        }

        return part;
    }

    /// <summary>The largest centered crop within the limits of the aspect ratio.</summary>
    private static RandomCrop Middle(int width, int height)
    {
        double aspect = (double)width / height;
        int partWidth = aspect > Widest ? (int)Math.Round(height * Widest) : width;
        int partHeight = aspect < Narrowest ? (int)Math.Round(width / Narrowest) : height;
        return new((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
    }
}
