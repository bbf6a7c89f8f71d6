using System.CommandLine;
using System.Globalization;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary>The option that has probabilities fitted on labelled images.</summary>
internal sealed class CalibrationOption
{
    /// <summary>The ends of the range that temperatures are looked for in; one that lies there was not found.</summary>
    private const float Coldest = 0.0011f;
    private const float Hottest = 990f;

    private readonly Option<string> _dataset = new("--calibrate")
    {
        Description =
            "Fit the temperature on a labelled dataset, so that probabilities can be believed; --save-classifier keeps it.",
        HelpName = "DATASET",
    };

    private readonly CacheOption _kept = new();

    private readonly FetchOption _fetch = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_dataset);
        _kept.AddTo(command);
        _fetch.AddTo(command);
    }

    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_dataset) is not null;

    /// <summary>The images to fit on; nothing where none are named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="labels">What there is to choose from.</param>
    public LabeledDataset? Read(ParseResult parsed, IReadOnlyList<string> labels) =>
        parsed.GetValue(_dataset) is { } dataset ? LabeledDataset.Open(dataset, labels, _fetch.Read(parsed)) : null;

    /// <summary>
    /// The classifier with the temperature of these images, and how many of them could not be read. Says on standard error what
    /// that changes.
    /// </summary>
    public (ZeroShotClassifier Classifier, int Failed) Fit(
        ParseResult parsed,
        ZeroShotClassifier classifier,
        LabeledDataset images,
        ClipEmbedder embedder,
        CancellationToken cancellation
    )
    {
        EmbeddedDataset embedded = _kept.With(parsed, cache => images.Embed(embedder, cache, cancellation));
        ZeroShotClassifier fitted = classifier.Calibrate(embedded.Embeddings, embedded.Truths);
        if (fitted.Temperature is < Coldest or > Hottest)
        {
            string why =
                fitted.Temperature < Coldest
                    ? "every answer there is right, as if the model could be certain"
                    : "answers there are as good as guesses";
            throw new InvalidDataException(
                $"No temperature can be fitted on {parsed.GetValue(_dataset)}: {why}; name more images, or others."
            );
        }

        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The temperature is {fitted.Temperature:0.###}, fitted on {embedded.Truths.Count} images of "
                    + $"{parsed.GetValue(_dataset)}; the calibration error there goes from "
                    + $"{CalibrationError(classifier, embedded) * 100:0.0} % to "
                    + $"{CalibrationError(fitted, embedded) * 100:0.0} %."
            )
        );
        return (fitted, embedded.Failed.Count);
    }

    private static double CalibrationError(ZeroShotClassifier classifier, EmbeddedDataset images) =>
        CalibrationCurve.Compute(ImageResult.Create(classifier, images.Embeddings, images.Truths)).ExpectedCalibrationError;
}
