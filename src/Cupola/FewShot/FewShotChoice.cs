using Cupola.Evaluation;

namespace Cupola;

/// <summary>Which method a few-shot classifier goes by, and what it may be expected to do.</summary>
/// <param name="Method">The method.</param>
/// <param name="Alpha">
/// How much examples count beside the prompts (ProKeR's λ); null where the method has no such factor.
/// </param>
/// <param name="Beta">How fast an example's weight falls with its distance; null where the method has no such factor.</param>
/// <param name="Expected">
/// The share of examples that get their label when they are left out (cross-validation); null where none can be left out.
/// </param>
/// <param name="ExpectedInterval">The 95 % interval of that share (Wilson's).</param>
/// <param name="ZeroShot">The same share by the prompts alone.</param>
/// <param name="Notes">Whole sentences about the choice.</param>
public sealed record FewShotChoice(
    FewShotMethod Method,
    double? Alpha,
    double? Beta,
    double? Expected,
    Interval? ExpectedInterval,
    double? ZeroShot,
    IReadOnlyList<string> Notes
);
