using System.Security.Cryptography;
using System.Text;

namespace Cupola.Prompts;

/// <summary>A full sentence about a class, such as "A tench is a freshwater fish with red eyes.".</summary>
/// <param name="Text">The sentence, as the text encoder reads it.</param>
/// <param name="Source">
/// Its source: the file it was read from, <c>template:</c> and the template, or <c>model:</c> and the language model.
/// </param>
public sealed record Prompt(string Text, string Source)
{
    /// <summary>A sentence that a language model may have written.</summary>
    internal Prompt(string text, string source, PromptProvenance? provenance)
        : this(text, source) => Provenance = provenance;

    /// <summary>Who was asked what, where a language model wrote it.</summary>
    internal PromptProvenance? Provenance { get; init; }
}

/// <summary>How a language model wrote a prompt: enough to ask again, and to compare the prompt with the raw answer.</summary>
/// <param name="Question">The question, with the class name in it (CuPL calls it the LLM-prompt).</param>
/// <param name="Answer">The index of the answer among those to that question.</param>
/// <param name="Model">The language model's name.</param>
/// <param name="Temperature">The temperature of sampling.</param>
/// <param name="MaxTokens">The longest allowed answer, in the language model's tokens.</param>
/// <param name="RawAnswer">The model's answer, before a sentence was taken from it.</param>
internal sealed record PromptProvenance(
    string Question,
    int Answer,
    string Model,
    float Temperature,
    int MaxTokens,
    string RawAnswer
)
{
    /// <summary>SHA-256 of the raw answer in UTF-8, in hexadecimal: a key of the answer.</summary>
    public string RawAnswerHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RawAnswer)));
}

/// <summary>A prompt that a class has several times; each counts in the class's mean.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Times">How often the class has it.</param>
internal sealed record RepeatedPrompt(string ClassName, string Text, int Times);

/// <summary>The part of a prompt set that belongs to the chosen labels.</summary>
/// <param name="Prompts">The prompts of the labels, in the labels' order.</param>
/// <param name="LeftOut">The classes that are not labels, in the set's order.</param>
public sealed record PromptSelection(PromptSet Prompts, IReadOnlyList<string> LeftOut);
