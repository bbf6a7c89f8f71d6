using Cupola.Images;

namespace Cupola.Training.Data;

/// <summary>
/// A random part of an image (torchvision's RandomResizedCrop, get_params): its area is drawn evenly, the logarithm of its aspect
/// too.
/// </summary>
/// <param name="Left">Where it begins.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
internal sealed record RandomCrop(int Left, int Top, int Width, int Height)
{
    /// <summary>
    /// The least and the greatest width over height (torchvision's default, from Szegedy et al., arXiv 1409.4842).
    /// </summary>
    private const double Narrowest = 3.0 / 4,
        Widest = 4.0 / 3;

    /// <summary>A part that does not fit into the image is drawn anew so often.</summary>
    private const int Attempts = 10;

    /// <summary>Draws a part of an image of this size.</summary>
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

    /// <summary>The part as an image of its own, so that a resize sees nothing around it.</summary>
    public RgbImage Apply(RgbImage image)
    {
        RgbImage part = new(Width, Height);
        for (int row = 0; row < Height; row++)
        {
            image.Row(Top + row).Slice(Left * 3, Width * 3).CopyTo(part.Row(row));
        }

        return part;
    }

    /// <summary>As much of the middle as the bounds of the aspect leave.</summary>
    private static RandomCrop Middle(int width, int height)
    {
        double aspect = (double)width / height;
        int partWidth = aspect > Widest ? (int)Math.Round(height * Widest) : width;
        int partHeight = aspect < Narrowest ? (int)Math.Round(width / Narrowest) : height;
        return new((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
    }
}
