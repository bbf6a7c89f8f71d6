namespace Cupola.Evaluation;

/// <summary>A prompt set that is judged beside others.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Prompts">What is said about each class.</param>
/// <param name="Control">The exchanged descriptions in it, where it is a control; nothing otherwise.</param>
internal sealed record NamedPromptSet(string Name, PromptSet Prompts, ShuffledControl? Control = null);
