namespace Cupola.Prompts.Audit;

/// <summary>One fault of one prompt.</summary>
/// <param name="ClassName">The prompt's class.</param>
/// <param name="Position">The index of the prompt within its class.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Detail">The evidence, as the end of a sentence that begins with "This prompt": "has 'a elephant'".</param>
public sealed record PromptFinding(string ClassName, int Position, Prompt Prompt, PromptFault Fault, string Detail);
