namespace Cupola;

/// <summary>What a classifier says of an image, or the sentence that says why the image cannot be read.</summary>
/// <param name="Path">The file or address, or what else its source is called.</param>
/// <param name="Predictions">All classes, the most probable first; none where the image cannot be read.</param>
/// <param name="Error">Why the image cannot be read, in one sentence; null where it was classified.</param>
public sealed record ClassifiedImage(string Path, IReadOnlyList<Prediction> Predictions, string? Error)
{
    /// <summary>The most probable class; null where the image cannot be read.</summary>
    public Prediction? Best => Predictions is [var best, ..] ? best : null;
}
