namespace Cupola.Training.Data;

/// <summary>An image and what may be said of it.</summary>
/// <param name="Image">Where it is to be had.</param>
/// <param name="Captions">Each is true of it; one is drawn an epoch.</param>
/// <param name="Label">Its class, where that is known: pairs of one class are no negatives of each other.</param>
internal sealed record TrainingPair(ImageSource Image, IReadOnlyList<string> Captions, string? Label);
