namespace Cupola.Prompts.Audit;

/// <summary>What became of a prompt with a fault.</summary>
internal enum PromptRemedy
{
    /// <summary>The prompt has this fault no more.</summary>
    Repaired,

    /// <summary>The prompt was left out.</summary>
    Dropped,

    /// <summary>The fault is still there.</summary>
    Kept,
}

/// <summary>What became of one finding.</summary>
/// <param name="Finding">The fault.</param>
/// <param name="Remedy">What was done.</param>
/// <param name="Text">The prompt as it is now; nothing where it was left out.</param>
internal sealed record RepairedFinding(PromptFinding Finding, PromptRemedy Remedy, string? Text);

/// <summary>A prompt set after its faults were seen to.</summary>
/// <param name="Prompts">
/// The prompts that remain, in order, each with where it came from. Classes that lost all of theirs are there without any.
/// </param>
/// <param name="Findings">What became of each finding of the audit, in its order.</param>
/// <param name="Repaired">How many prompts were changed.</param>
/// <param name="Dropped">How many prompts were left out.</param>
/// <param name="EmptiedClasses">The classes that had prompts, and of which none was left.</param>
internal sealed record RepairedPrompts(
    PromptSet Prompts,
    IReadOnlyList<RepairedFinding> Findings,
    int Repaired,
    int Dropped,
    IReadOnlyList<string> EmptiedClasses
);
