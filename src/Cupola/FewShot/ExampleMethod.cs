using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Cupola.FewShot;

/// <summary>What a method is set to.</summary>
/// <param name="Alpha">How much examples count beside the prompts; ProKeR's λ. Null where a method has no such factor.</param>
/// <param name="Beta">How fast an example's weight falls with its distance; null where a method has no such factor.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Factors(double? Alpha, double? Beta);

/// <summary>A way to make logits of labeled examples.</summary>
internal abstract class ExampleMethod
{
    /// <summary>The methods that use examples, the simple ones first.</summary>
    public static IReadOnlyList<ExampleMethod> All { get; } =
    [new ClassMeanMethod(), new TipAdapterMethod(), new GdaMethod(), new ProKeRMethod(), new LinearProbeMethod()];

    /// <summary>Its name.</summary>
    public abstract FewShotMethod Name { get; }

    /// <summary>Whether labels may be without examples.</summary>
    public virtual bool AllowsMissing => false;

    /// <summary>Whether it needs two examples of some label.</summary>
    public virtual bool NeedsTwo => false;

    /// <summary>With more examples it takes too long to be tried beside others.</summary>
    public virtual int MostTried => int.MaxValue;

    /// <summary>The settings to choose from.</summary>
    public abstract IReadOnlyList<Factors> Grid { get; }

    /// <summary>The setting where there are too few examples to choose by leaving some out.</summary>
    public abstract Factors Unchosen { get; }

    /// <summary>How many examples the label with most must have, so that some can be left out to choose a setting.</summary>
    public virtual int FewestToChoose => 2;

    /// <summary>Makes what gives logits.</summary>
    public abstract ExampleLogits Fit(ExampleSet examples, Factors factors);

    /// <summary>
    /// The logits of other images for each of some settings, made from the same examples; they may be overwritten, and are
    /// when the next ones are asked for.
    /// </summary>
    /// <param name="kept">The examples.</param>
    /// <param name="others">Other images.</param>
    /// <param name="grid">The settings.</param>
    public virtual IEnumerable<(Factors Factors, DoubleRows Logits)> Try(
        ExampleSet kept,
        ExampleSet others,
        IReadOnlyList<Factors> grid
    ) => grid.Select(factors => (factors, Fit(kept, factors).Compute(others.Embeddings, others.Scores, others.Scale)));

    /// <summary>Zero-shot logits + α times what each setting adds, in one matrix that is used again.</summary>
    protected static IEnumerable<(Factors Factors, DoubleRows Logits)> TryAdded(
        ExampleSet others,
        IEnumerable<(Factors Factors, DoubleRows Added)> settings
    )
    {
        DoubleRows logits = new(others.Count, others.ClassCount);
        foreach ((Factors factors, DoubleRows added) in settings)
        {
            TensorPrimitives.Multiply(others.Scores.Values, others.Scale, logits.Values);
            TensorPrimitives.MultiplyAdd(added.Values, factors.Alpha!.Value, logits.Values, logits.Values);
            yield return (factors, logits);
        }
    }
}
