namespace Cupola.Prompts;

/// <summary>A full sentence that is said about a class, such as "A tench is a freshwater fish with red eyes.".</summary>
/// <param name="Text">The sentence, as the text encoder is given it.</param>
/// <param name="Source">Where it came from: the file it was read from, or <c>template:</c> and the template.</param>
public sealed record Prompt(string Text, string Source);

/// <summary>A prompt that a class has several times, which gives it as many votes in the class's mean.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Times">How often the class has it.</param>
public sealed record RepeatedPrompt(string ClassName, string Text, int Times);

/// <summary>The part of a prompt set that is about the labels one chooses among.</summary>
/// <param name="Prompts">The prompts of the labels, in the labels' order.</param>
/// <param name="LeftOut">The classes that are no label, in the set's order.</param>
public sealed record PromptSelection(PromptSet Prompts, IReadOnlyList<string> LeftOut);
