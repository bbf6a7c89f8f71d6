using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>The nearest class mean: s · f · unit(μ), with the model's scale s and the mean μ of a label's examples.</summary>
internal sealed class ClassMeanMethod : ExampleMethod
{
    public override FewShotMethod Name => FewShotMethod.ClassMean;

    public override IReadOnlyList<Factors> Grid { get; } = [new(null, null)];

    public override Factors Unchosen => Grid[0];

    public override ExampleLogits Fit(ExampleSet examples, Factors factors, CancellationToken cancellationToken)
    {
        DoubleRows means = examples.Means();
        for (int label = 0; label < means.Count; label++)
        {
            double norm = TensorPrimitives.Norm<double>(means[label]);
            TensorPrimitives.Multiply(means[label], norm == 0 ? 0 : 1 / norm, means[label]);
        }

        return new LinearLogits(means, new double[means.Count], examples.Scale, adds: false);
    }
}
