namespace Cupola.Prompts.Audit;

/// <summary>What was done about a fault of a prompt.</summary>
internal enum PromptRemedy
{
    /// <summary>The fault was repaired.</summary>
    Repaired,

    /// <summary>The prompt was dropped.</summary>
    Dropped,

    /// <summary>The prompt was kept with its fault.</summary>
    Kept,
}

/// <summary>What was done about one finding.</summary>
/// <param name="Finding">The fault.</param>
/// <param name="Remedy">What was done.</param>
/// <param name="Text">The prompt after the repair; null if it was dropped.</param>
internal sealed record RepairedFinding(PromptFinding Finding, PromptRemedy Remedy, string? Text);

/// <summary>A prompt set after repair.</summary>
/// <param name="Prompts">
/// The prompts that remain, in order, with their sources. A class that lost all its prompts remains, without any.
/// </param>
/// <param name="Findings">What was done about each finding, in the audit's order.</param>
/// <param name="Repaired">How many prompts were changed.</param>
/// <param name="Dropped">How many prompts were dropped.</param>
/// <param name="EmptiedClasses">The classes that lost all their prompts.</param>
internal sealed record RepairedPrompts(
    PromptSet Prompts,
    IReadOnlyList<RepairedFinding> Findings,
    int Repaired,
    int Dropped,
    IReadOnlyList<string> EmptiedClasses
);
