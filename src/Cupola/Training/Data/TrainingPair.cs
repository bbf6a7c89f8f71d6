namespace Cupola.Training.Data;

/// <summary>An image and its possible captions.</summary>
/// <param name="Image">The image's source.</param>
/// <param name="Captions">Each describes the image; one is drawn per epoch.</param>
/// <param name="Label">Its class, if known: pairs of one class are not negatives of each other.</param>
internal sealed record TrainingPair(ImageSource Image, IReadOnlyList<string> Captions, string? Label);
