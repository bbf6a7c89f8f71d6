using System.Numerics.Tensors;

namespace Cupola.FewShot;

/// <summary>
/// The minimum of a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4). Steps go by
/// derivatives alone, which stay exact where differences of the function's values drown in rounding.
/// </summary>
internal static class ConvexMinimum
{
    /// <summary>Steps that stand for the curvature.</summary>
    private const int Memory = 20;

    private const int MostSteps = 5000;

    /// <summary>A step is long enough when the slope along it has fallen to this share.</summary>
    private const double SlopeLeft = 0.5;

    private const int MostTries = 40;

    /// <summary>Finds it, from zeros on.</summary>
    /// <param name="length">Numbers of the function's argument.</param>
    /// <param name="gradientAt">Writes the gradient at a point.</param>
    /// <param name="tolerance">The gradient's norm at which it is found.</param>
    /// <param name="cancellationToken">Stops between gradients.</param>
    public static double[] Find(
        int length,
        Action<double[], double[]> gradientAt,
        double tolerance,
        CancellationToken cancellationToken
    )
    {
        double[] point = new double[length],
            gradient = new double[length];
        gradientAt(point, gradient);
        LinkedList<(double[] Step, double[] Change, double Curvature)> memory = [];
        for (int step = 0; step < MostSteps && TensorPrimitives.Norm<double>(gradient) > tolerance; step++)
        {
            double[] direction = Direction(gradient, memory);
            double slope = TensorPrimitives.Dot<double>(gradient, direction);
            (double[] next, double[] nextGradient) = Search(point, direction, slope, gradientAt, cancellationToken);
            double[] moved = new double[length],
                change = new double[length];
            TensorPrimitives.Subtract(next, point, moved);
            TensorPrimitives.Subtract(nextGradient, gradient, change);
            double curvature = TensorPrimitives.Dot<double>(moved, change);
            if (!(curvature > 0))
            {
                break;
            }

            memory.AddLast((moved, change, curvature));
            if (memory.Count > Memory)
            {
                memory.RemoveFirst();
            }

            (point, gradient) = (next, nextGradient);
        }

        return point;
    }

    /// <summary>Downhill, bent by the curvature of the last steps.</summary>
    private static double[] Direction(double[] gradient, LinkedList<(double[] Step, double[] Change, double Curvature)> memory)
    {
        double[] direction = new double[gradient.Length];
        TensorPrimitives.Negate<double>(gradient, direction);
        Stack<double> factors = new();
        for (var node = memory.Last; node is not null; node = node.Previous)
        {
            double factor = TensorPrimitives.Dot<double>(node.Value.Step, direction) / node.Value.Curvature;
            TensorPrimitives.MultiplyAdd(node.Value.Change, -factor, direction, direction);
            factors.Push(factor);
        }

        if (memory.Last is { Value: var last })
        {
            double scale = last.Curvature / TensorPrimitives.SumOfSquares<double>(last.Change);
            TensorPrimitives.Multiply(direction, scale, direction);
        }

        for (var node = memory.First; node is not null; node = node.Next)
        {
            double factor = TensorPrimitives.Dot<double>(node.Value.Change, direction) / node.Value.Curvature;
            TensorPrimitives.MultiplyAdd(node.Value.Step, factors.Pop() - factor, direction, direction);
        }

        return direction;
    }

    /// <summary>A point along a direction where the slope is small; convex functions have one between too near and too
    /// far.</summary>
    private static (double[] Point, double[] Gradient) Search(
        double[] point,
        double[] direction,
        double slope,
        Action<double[], double[]> gradientAt,
        CancellationToken cancellationToken
    )
    {
        double[] next = new double[point.Length],
            gradient = new double[point.Length];
        double near = 0,
            far = double.PositiveInfinity,
            length = 1;
        for (int tries = 0; tries < MostTries; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TensorPrimitives.MultiplyAdd(direction, length, point, next);
            gradientAt(next, gradient);
            double slopeThere = TensorPrimitives.Dot<double>(gradient, direction);
            if (Math.Abs(slopeThere) <= SlopeLeft * Math.Abs(slope))
            {
                break;
            }

            if (slopeThere < 0)
            {
                near = length;
            }
            else
            {
                far = length;
            }

            length = double.IsInfinity(far) ? 4 * length : (near + far) / 2;
        }

        return (next, gradient);
    }
}
