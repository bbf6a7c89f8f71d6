namespace Cupola;

/// <summary>A class with its score for one image.</summary>
/// <param name="Label">The class name.</param>
/// <param name="Probability">
/// The softmax over the classes of the scaled scores, so that the probabilities of an image sum to 1; of a SigLIP model the
/// sigmoid of each, the model's bias added, so that they are independent.
/// </param>
/// <param name="Score">The score itself, combined from cosines by the ensemble; from −1 to 1.</param>
public sealed record Prediction(string Label, float Probability, float Score);
