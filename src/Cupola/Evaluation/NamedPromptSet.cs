namespace Cupola.Evaluation;

/// <summary>A prompt set that is evaluated together with others.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prompts">The prompts of each class.</param>
/// <param name="Control">The exchanged descriptions, if it is a control; otherwise null.</param>
internal sealed record NamedPromptSet(string Name, PromptSet Prompts, ShuffledControl? Control = null);
