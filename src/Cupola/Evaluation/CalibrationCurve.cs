namespace Cupola.Evaluation;

/// <summary>The images whose answers have probabilities in one range.</summary>
/// <param name="Low">The range's lower end, exclusive.</param>
/// <param name="High">Its upper end, inclusive.</param>
/// <param name="Images">The number of images.</param>
/// <param name="Confidence">The mean probability of their answers; 0 if there are no images.</param>
/// <param name="Accuracy">The share of right answers; 0 if there are no images.</param>
internal sealed record CalibrationBin(double Low, double High, int Images, double Confidence, double Accuracy);

/// <summary>
/// A calibration curve (reliability diagram): of the answers with a probability of 0.8, eight in ten should be right (Guo et al.,
/// "On Calibration of Modern Neural Networks", arXiv 1706.04599, section 2).
/// </summary>
internal sealed class CalibrationCurve
{
    /// <summary>The number of bins that Guo et al. use in their tables.</summary>
    public const int BinCount = 15;

    private CalibrationCurve(IReadOnlyList<CalibrationBin> bins) => Bins = bins;

    /// <summary>Bins of equal width from 0 to 1.</summary>
    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>
    /// The expected calibration error (ECE): the mean distance of confidence and accuracy, each bin weighted by its number of
    /// images (Guo et al., equation 3).
    /// </summary>
    public double ExpectedCalibrationError
    {
        get
        {
            int images = Bins.Sum(static bin => bin.Images);
            return images == 0 ? 0 : Bins.Sum(bin => bin.Images * Math.Abs(bin.Accuracy - bin.Confidence)) / images;
        }
    }

    /// <summary>Sorts outcomes into bins by the probability of their answers.</summary>
    public static CalibrationCurve Compute(IReadOnlyList<ImageResult> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        int[] images = new int[BinCount],
            right = new int[BinCount];
        double[] confidence = new double[BinCount];
        foreach (ImageResult outcome in outcomes)
        {
            // Ranges are (low, high], in float32 as the probabilities are, so that 0.2 ends a range; an answer of probability 0
            // belongs to the first.
            int bin = Math.Clamp((int)Math.Ceiling(outcome.Confidence * BinCount) - 1, 0, BinCount - 1);
            images[bin]++;
            right[bin] += outcome.IsRight ? 1 : 0;
            confidence[bin] += outcome.Confidence;
        }

        return new([
            .. Enumerable
                .Range(0, BinCount)
                .Select(bin => new CalibrationBin(
                    (double)bin / BinCount,
                    (bin + 1.0) / BinCount,
                    images[bin],
                    images[bin] == 0 ? 0 : confidence[bin] / images[bin],
                    images[bin] == 0 ? 0 : (double)right[bin] / images[bin]
                )),
        ]);
    }
}
