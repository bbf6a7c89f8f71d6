using System.Numerics.Tensors;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>The length of all gradients together, as one vector.</summary>
internal static class GradientNorm
{
    /// <summary>Numbers that are squared and added in float32 before the sum goes on in float64.</summary>
    private const int Block = 4096;

    /// <summary>The length; not a finite number where some gradient is none.</summary>
    /// <param name="parameters">Whose gradients.</param>
    /// <param name="threads">Threads that it may take; −1 stands for all.</param>
    public static double Compute(TrainableParameters parameters, int threads = -1)
    {
        // Sums of parameters come side by side, and are added in the order of their names, so that the bits are always the same.
        Tensor[] gradients = [.. parameters.Gradients.Values];
        var squares = new double[gradients.Length];
        Parallel.For(0, gradients.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
            squares[index] = SumOfSquares(gradients[index].AsSpan<float>())
        );
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>
    /// Shortens all gradients alike where together they are longer than a limit (arXiv 1211.5063, algorithm 1), as PyTorch's
    /// clip_grad_norm_ does.
    /// </summary>
    /// <param name="parameters">Whose gradients.</param>
    /// <param name="norm">How long they are.</param>
    /// <param name="limit">How long they may be.</param>
    /// <param name="threads">Threads that it may take; −1 stands for all.</param>
    public static void Limit(TrainableParameters parameters, double norm, double limit, int threads = -1)
    {
        // PyTorch's guard against a division by nothing.
        const double Least = 1e-6;
        float share = (float)(limit / (norm + Least));
        if (share >= 1)
        {
            return;
        }

        Parallel.ForEach(parameters.Gradients.Values, new ParallelOptions { MaxDegreeOfParallelism = threads }, gradient =>
            TensorPrimitives.Multiply(gradient.AsSpan<float>(), share, gradient.AsSpan<float>())
        );
    }

    private static double SumOfSquares(ReadOnlySpan<float> numbers)
    {
        double sum = 0;
        for (int start = 0; start < numbers.Length; start += Block)
        {
            sum += TensorPrimitives.SumOfSquares(numbers.Slice(start, Math.Min(Block, numbers.Length - start)));
        }

        return sum;
    }
}
