using System.Runtime.InteropServices;

namespace Cupola.Retrieval;

/// <summary>
/// What a term's cosines are over a library. A term counts in standard deviations, because cosines of images with images are
/// several times those with words; a negative one is a penalty for what fits it better than half of the library does, because
/// CLIP does not understand 'without'.
/// </summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation; 1 where they are all the same.</param>
/// <param name="Median">Their median.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TermScale(double Mean, double Deviation, double Median)
{
    /// <summary>A smaller deviation is rounding.</summary>
    private const double Least = 1e-9;

    /// <summary>The scale of a term by its cosines with a library's images, or with a sample of them; they are sorted.</summary>
    public static TermScale Of(float[] cosines)
    {
        if (cosines.Length == 0)
        {
            return new(0, 1, 0);
        }

        double mean = cosines.Average(static cosine => (double)cosine);
        double deviation = Math.Sqrt(cosines.Average(cosine => (cosine - mean) * (cosine - mean)));
        Array.Sort(cosines);
        return new(mean, deviation > Least ? deviation : 1, cosines[cosines.Length / 2]);
    }

    /// <summary>A cosine in standard deviations from the mean.</summary>
    public double Standardize(double cosine) => (cosine - Mean) / Deviation;

    /// <summary>What a term of a weight adds to an image's score.</summary>
    public double Score(double cosine, double weight) =>
        weight > 0 ? weight * (cosine - Mean) / Deviation : weight * Math.Max(0, (cosine - Median) / Deviation);
}
