namespace Cupola.ZeroShot;

/// <summary>How much the prompts of a label count beside each other.</summary>
internal enum PromptWeighting
{
    /// <summary>All the same.</summary>
    Even,

    /// <summary>As the images say, whose labels nobody needs to know (zero-shot prompt ensembling).</summary>
    Zpe,
}
