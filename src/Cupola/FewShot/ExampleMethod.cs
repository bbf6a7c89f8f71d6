using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Cupola.FewShot;

/// <summary>What a method is set to.</summary>
/// <param name="Alpha">How much examples count beside the prompts; ProKeR's λ. Null where a method has no such factor.</param>
/// <param name="Beta">How fast an example's weight falls with its distance; null where a method has no such factor.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Factors(double? Alpha, double? Beta)
{
    /// <summary>The largest factor: far above all that make sense, and far below where logits overflow.</summary>
    public const double Most = 1e6;
}

/// <summary>Logits of some of the images that a setting of a method was tried on.</summary>
/// <param name="Factors">The setting.</param>
/// <param name="First">The first of these images.</param>
/// <param name="Logits">[images, labels].</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TriedLogits(Factors Factors, int First, DoubleRows Logits);

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

    /// <summary>Whether examples of some label must differ.</summary>
    public virtual bool NeedsScatter => false;

    /// <summary>The settings to choose from.</summary>
    public abstract IReadOnlyList<Factors> Grid { get; }

    /// <summary>The setting where there are too few examples to choose by leaving some out.</summary>
    public abstract Factors Unchosen { get; }

    /// <summary>How many examples the label with most must have, so that some can be left out to choose a setting.</summary>
    public virtual int FewestToChoose => 2;

    /// <summary>Makes what gives logits.</summary>
    public abstract ExampleLogits Fit(ExampleSet examples, Factors factors, CancellationToken cancellationToken);

    /// <summary>
    /// The logits of other images for each of some settings, made from the same examples, block by block; they may be
    /// overwritten, and are when the next ones are asked for.
    /// </summary>
    /// <param name="kept">The examples.</param>
    /// <param name="others">Other images.</param>
    /// <param name="grid">The settings.</param>
    /// <param name="cancellationToken">Stops between blocks, and in what takes long.</param>
    public virtual IEnumerable<TriedLogits> Try(
        ExampleSet kept,
        ExampleSet others,
        IReadOnlyList<Factors> grid,
        CancellationToken cancellationToken
    )
    {
        DoubleRows buffer = new(ExampleLogits.Block, others.ClassCount);
        foreach (Factors factors in grid)
        {
            ExampleLogits fitted = Fit(kept, factors, cancellationToken);
            foreach ((int first, DoubleRows embeddings, DoubleRows scores) in others.Blocks())
            {
                DoubleRows logits = buffer.Slice(0, scores.Count);
                yield return new(factors, first, fitted.Compute(embeddings, scores, others.Scale, logits, cancellationToken));
            }
        }
    }

    /// <summary>Zero-shot logits + α times what each setting adds, for each block of images.</summary>
    /// <param name="others">The images.</param>
    /// <param name="grid">The settings.</param>
    /// <param name="add">What the settings add for a block's embeddings, in their order: [images, labels] each.</param>
    protected static IEnumerable<TriedLogits> TryAdded(
        ExampleSet others,
        IReadOnlyList<Factors> grid,
        Func<DoubleRows, IEnumerable<DoubleRows>> add
    )
    {
        DoubleRows buffer = new(ExampleLogits.Block, others.ClassCount);
        foreach ((int first, DoubleRows embeddings, DoubleRows scores) in others.Blocks())
        {
            DoubleRows logits = buffer.Slice(0, scores.Count);
            foreach ((Factors factors, DoubleRows added) in grid.Zip(add(embeddings)))
            {
                TensorPrimitives.Multiply(scores.Values, others.Scale, logits.Values);
                TensorPrimitives.MultiplyAdd(added.Values, factors.Alpha!.Value, logits.Values, logits.Values);
                yield return new(factors, first, logits);
            }
        }
    }
}
