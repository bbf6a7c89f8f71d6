using System.Numerics.Tensors;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Optimization;

/// <summary>The length of all gradients together, as one vector.</summary>
internal static class GradientNorm
{
    /// <summary>Numbers that are squared and added in float32 before the sum goes on in float64.</summary>
    private const int Block = 4096;

    /// <summary>Blocks of one piece of work, so that a large parameter is shared out among the threads.</summary>
    private const int Blocks = 64;

    /// <summary>The length; not a finite number where some gradient is none.</summary>
    /// <param name="parameters">Whose gradients.</param>
    /// <param name="threads">Threads that it may take; −1 stands for all.</param>
    public static double Compute(TrainableParameters parameters, int threads = -1)
    {
        // Sums of pieces come side by side, and are added in the order of their names and places, so that the bits are always the
        // same.
        (Tensor Gradient, int Start)[] pieces =
        [
            .. parameters.Gradients.Values.SelectMany(static gradient =>
                Enumerable
                    .Range(0, (int)((gradient.ElementCount + (Blocks * Block) - 1) / (Blocks * Block)))
                    .Select(piece => (gradient, piece * Blocks * Block))
            ),
        ];
        var squares = new double[pieces.Length];
        Parallel.For(0, pieces.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
        {
            (Tensor gradient, int start) = pieces[index];
            ReadOnlySpan<float> numbers = gradient.AsSpan<float>()[start..];
            squares[index] = SumOfSquares(numbers[..Math.Min(numbers.Length, Blocks * Block)]);
        });
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>
    /// By what all gradients are multiplied where together they are longer than a limit (arXiv 1211.5063, algorithm 1), as
    /// PyTorch's clip_grad_norm_ does.
    /// </summary>
    /// <param name="norm">How long they are.</param>
    /// <param name="limit">How long they may be.</param>
    public static float Share(double norm, double limit)
    {
        // PyTorch's guard against a division by nothing.
        const double Least = 1e-6;
        return Math.Min(1, (float)(limit / (norm + Least)));
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
