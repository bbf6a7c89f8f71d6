namespace Cupola.Evaluation;

/// <summary>The images whose answers had probabilities of one range.</summary>
/// <param name="Low">The range's lower end, not in it.</param>
/// <param name="High">Its upper end, in it.</param>
/// <param name="Images">How many there are.</param>
/// <param name="Confidence">Their answers' mean probability; 0 where there are none.</param>
/// <param name="Accuracy">The share of them that were answered rightly; 0 where there are none.</param>
internal sealed record CalibrationBin(double Low, double High, int Images, double Confidence, double Accuracy);

/// <summary>
/// Whether probabilities can be believed: of the answers with a probability of 0.8, eight in ten should be right (Guo and others,
/// "On Calibration of Modern Neural Networks",
/// arXiv 1706.04599, section 2).
/// </summary>
internal sealed class CalibrationCurve
{
    /// <summary>As many as Guo and others use in their tables.</summary>
    public const int BinCount = 15;

    private CalibrationCurve(IReadOnlyList<CalibrationBin> bins) => Bins = bins;

    /// <summary>Ranges of equal width from 0 to 1.</summary>
    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>
    /// The expected calibration error: the mean distance of confidence and accuracy, each bin weighing as much as it has images
    /// (Guo and others, equation 3).
    /// </summary>
    public double ExpectedCalibrationError
    {
        get
        {
            int images = Bins.Sum(static bin => bin.Images);
            return images == 0 ? 0 : Bins.Sum(bin => bin.Images * Math.Abs(bin.Accuracy - bin.Confidence)) / images;
        }
    }

    /// <summary>Sorts outcomes into ranges of their answers' probability.</summary>
    public static CalibrationCurve Compute(IReadOnlyList<ImageResult> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        int[] images = new int[BinCount],
            right = new int[BinCount];
        double[] confidence = new double[BinCount];
        foreach (ImageResult outcome in outcomes)
        {
            // Ranges are (low, high], in float32 as the probabilities are, so that 0.2 ends a range; nothing is so unsure that it
            // has none.
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
