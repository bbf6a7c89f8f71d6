using Cupola.ZeroShot;

namespace Cupola.Evaluation;

/// <summary>A classifier with the temperature of labeled images, and what that changes.</summary>
/// <param name="Classifier">The classifier with that temperature.</param>
/// <param name="ErrorBefore">The calibration error on these images with the temperature that it had.</param>
/// <param name="ErrorAfter">The calibration error on these images with the new one.</param>
internal sealed record FittedTemperature(ILabelClassifier Classifier, double ErrorBefore, double ErrorAfter)
{
    /// <summary>The ends of the range that temperatures are looked for in; one that lies there was not found.</summary>
    private const float Coldest = 0.0011f;
    private const float Hottest = 990f;

    /// <summary>Fits the temperature.</summary>
    /// <param name="classifier">What answers.</param>
    /// <param name="images">Labeled images, of the classifier's labels.</param>
    /// <param name="dataset">What they are called together.</param>
    /// <exception cref="InvalidDataException">There is none that fits.</exception>
    public static FittedTemperature Fit(ILabelClassifier classifier, EmbeddedDataset images, string dataset)
    {
        ILabelClassifier fitted = classifier.Calibrate(images.Embeddings, images.Truths);
        if (fitted.Temperature is < Coldest or > Hottest)
        {
            string why =
                fitted.Temperature < Coldest
                    ? "every answer there is right, as if the model could be certain"
                    : "answers there are as good as guesses";
            throw new InvalidDataException($"No temperature can be fitted on {dataset}: {why}; name more images, or others.");
        }

        return new(fitted, CalibrationError(classifier, images), CalibrationError(fitted, images));
    }

    private static double CalibrationError(ILabelClassifier classifier, EmbeddedDataset images) =>
        CalibrationCurve.Compute(ImageResult.Create(classifier, images.Embeddings, images.Truths)).ExpectedCalibrationError;
}
