using System.Numerics.Tensors;
using static System.FormattableString;

namespace Cupola.FewShot;

/// <summary>The Cholesky factor L of a positive definite matrix A = L Lᵀ, and what it solves.</summary>
internal sealed class CholeskyFactor
{
    /// <summary>Columns that are worked out together, so that what stands left of them is read once for all.</summary>
    private const int Block = 48;

    private readonly DoubleRows _lower;
    private readonly ParallelOptions _stop;

    /// <summary>Factors a matrix.</summary>
    /// <param name="matrix">Symmetric; its lower half is read, and overwritten by the factor.</param>
    /// <param name="cancellationToken">Stops between rows, here and in what is solved.</param>
    /// <exception cref="ArgumentException">It is not positive definite.</exception>
    public CholeskyFactor(DoubleRows matrix, CancellationToken cancellationToken)
    {
        _lower = matrix;
        _stop = new() { CancellationToken = cancellationToken };
        for (int first = 0; first < matrix.Count; first += Block)
        {
            int end = Math.Min(matrix.Count, first + Block);
            SubtractLeft(first, end);
            Factor(first, end);
        }
    }

    /// <summary>The solutions X of A Xᵀ = Bᵀ: each row of B is a right side and is overwritten by its solution.</summary>
    public void Solve(DoubleRows rightSides)
    {
        DoubleRows upper = _lower.Transpose();
        Parallel.For(0, rightSides.Count, _stop, row =>
        {
            Span<double> side = rightSides[row];
            for (int index = 0; index < side.Length; index++)
            {
                side[index] = (side[index] - TensorPrimitives.Dot(_lower[index][..index], side[..index])) / _lower[index][index];
            }

            for (int index = side.Length - 1; index >= 0; index--)
            {
                ReadOnlySpan<double> known = side[(index + 1)..];
                side[index] = (side[index] - TensorPrimitives.Dot(upper[index][(index + 1)..], known)) / upper[index][index];
            }
        });
    }

    /// <summary>Takes off what the columns left of a block give.</summary>
    private void SubtractLeft(int first, int end)
    {
        if (first == 0)
        {
            return;
        }

        Parallel.For(first, _lower.Count, _stop, row =>
        {
            ReadOnlySpan<double> left = _lower[row][..first];
            for (int column = first; column < Math.Min(end, row + 1); column++)
            {
                _lower[row][column] -= TensorPrimitives.Dot(left, _lower[column][..first]);
            }
        });
    }

    /// <summary>The block itself: its triangle, and the rows below it.</summary>
    private void Factor(int first, int end)
    {
        for (int column = first; column < end; column++)
        {
            Finish(column, first, column);
            double square = _lower[column][column] - TensorPrimitives.SumOfSquares(_lower[column][first..column]);
            _lower[column][column] =
                square > 0
                    ? Math.Sqrt(square)
                    : throw new ArgumentException(Invariant($"The matrix is not positive definite (row {column})."));
        }

        Parallel.For(end, _lower.Count, _stop, row => Finish(row, first, end));

        void Finish(int row, int from, int until)
        {
            Span<double> numbers = _lower[row];
            for (int column = from; column < until; column++)
            {
                numbers[column] =
                    (numbers[column] - TensorPrimitives.Dot(numbers[from..column], _lower[column][from..column]))
                    / _lower[column][column];
            }
        }
    }
}
