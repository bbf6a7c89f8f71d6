using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>
/// The linear probe (arXiv 2103.00020, section 3.2): W and b with the least mean of −log softmax(W x + b) at the examples' labels
/// + ‖W‖² λ/2, λ = 1/(10 N), which is scikit-learn's logistic regression at C = 10. It is solved in double precision.
/// </summary>
internal sealed class LinearProbeMethod : ExampleMethod
{
    private const double InverseStrength = 10;

    /// <summary>Norm of the gradient at which the answer counts as found: logits are then within 1e-7 of the optimum's.</summary>
    private const double Tolerance = 1e-9;

    public override FewShotMethod Name => FewShotMethod.LinearProbe;

    public override int MostTried => 10_000;

    public override IReadOnlyList<Factors> Grid { get; } = [new(null, null)];

    public override Factors Unchosen => Grid[0];

    public override ExampleLogits Fit(ExampleSet examples, Factors factors, CancellationToken cancellationToken)
    {
        Objective objective = new(examples, 1 / (InverseStrength * examples.Count), cancellationToken);
        double[] solution = ConvexMinimum.Find(objective.Length, objective.Compute, Tolerance, cancellationToken);
        return objective.Logits(solution);
    }

    /// <summary>What is minimized, as a function of W and b, one behind the other.</summary>
    private sealed class Objective(ExampleSet examples, double penalty, CancellationToken cancellationToken)
    {
        private readonly DoubleRows _columns = examples.Embeddings.Transpose();
        private readonly int _weights = examples.ClassCount * examples.Embeddings.Columns;

        public int Length => _weights + examples.ClassCount;

        public LinearLogits Logits(double[] solution) =>
            new(new(solution[.._weights], examples.Embeddings.Columns), solution[_weights..], factor: 1, adds: false);

        /// <summary>The gradient at a point: residuals times embeddings, and the penalty's.</summary>
        public void Compute(double[] point, double[] gradient)
        {
            DoubleRows weights = new(point, examples.ClassCount, examples.Embeddings.Columns),
                residuals = examples.Embeddings.Times(weights, cancellationToken);
            Parallel.For(0, examples.Count, index =>
            {
                Span<double> row = residuals[index];
                TensorPrimitives.Add(row, point.AsSpan(_weights), row);
                TensorPrimitives.Subtract(row, TensorPrimitives.Max<double>(row), row);
                TensorPrimitives.Exp<double>(row, row);
                TensorPrimitives.Divide(row, TensorPrimitives.Sum<double>(row), row);
                row[examples.Labels[index]]--;
                TensorPrimitives.Divide(row, examples.Count, row);
            });
            DoubleRows byLabel = residuals.Transpose();
            Span<double> ofWeights = gradient.AsSpan(0, _weights);
            byLabel.Times(_columns, cancellationToken).Values.CopyTo(ofWeights);
            TensorPrimitives.MultiplyAdd(point.AsSpan(0, _weights), penalty, ofWeights, ofWeights);
            for (int label = 0; label < examples.ClassCount; label++)
            {
                gradient[_weights + label] = TensorPrimitives.Sum<double>(byLabel[label]);
            }
        }
    }
}
