namespace Cupola;

/// <summary>One class as an answer for one image.</summary>
/// <param name="Label">The class name.</param>
/// <param name="Probability">softmax over the classes of the scaled scores; all classes of an image sum to 1.</param>
/// <param name="Score">The score itself, as the ensemble makes it from cosines; from −1 to 1.</param>
public sealed record Prediction(string Label, float Probability, float Score);
