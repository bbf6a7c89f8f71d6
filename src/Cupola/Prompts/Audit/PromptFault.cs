namespace Cupola.Prompts.Audit;

/// <summary>What can be wrong with a prompt.</summary>
public enum PromptFault
{
    /// <summary>An earlier prompt of the class is the same except for case, spaces and punctuation.</summary>
    Duplicate,

    /// <summary>An earlier prompt of the class has nearly the same words.</summary>
    NearDuplicate,

    /// <summary>It talks about the question instead of the class: a refusal, an evasion, small talk.</summary>
    Refusal,

    /// <summary>It does not name its class.</summary>
    NoClassName,

    /// <summary>It names another class of the set.</summary>
    OtherClass,

    /// <summary>It is incomplete.</summary>
    Cut,

    /// <summary>It is longer than the model reads.</summary>
    TooLong,

    /// <summary>It has "a" instead of "an", "an" instead of "a", or an extra article.</summary>
    WrongArticle,

    /// <summary>It has line breaks, list markers, Markdown, HTML, or program code.</summary>
    Markup,
}

/// <summary>One fault of one prompt.</summary>
/// <param name="ClassName">The prompt's class.</param>
/// <param name="Position">The index of the prompt within its class.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Detail">The evidence, as the end of a sentence that begins with "This prompt": "has 'a elephant'".</param>
public sealed record PromptFinding(string ClassName, int Position, Prompt Prompt, PromptFault Fault, string Detail);
