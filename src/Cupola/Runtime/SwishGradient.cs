using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cupola.Runtime;

/// <summary>The gradient of y = z s with s = sigmoid(z) (arXiv 1710.05941): for the seed g, g (s + z s (1 − s)).</summary>
internal sealed class SwishGradient() : CustomOperator(nameof(SwishGradient), inputs: 2, outputsLike: [0])
{
    /// <summary>
    /// Beyond, exp(−z) leaves the range of numbers whose exponent is set below, and s is 0 or 1 to the last bit.
    /// </summary>
    private const float Bound = 87;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Compute(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> outputs)
    {
        ReadOnlySpan<float> seeds = given[0].AsSpan<float>(),
            arguments = given[1].AsSpan<float>();
        Span<float> gradients = outputs[0].AsSpan<float>();
        ref float seed = ref MemoryMarshal.GetReference(seeds),
            argument = ref MemoryMarshal.GetReference(arguments),
            gradient = ref MemoryMarshal.GetReference(gradients);
        int width = Vector<float>.Count,
            whole = seeds.Length - (seeds.Length % width);
        for (nuint index = 0; index < (nuint)whole; index += (nuint)width)
        {
            Vector.StoreUnsafe(
                Derivative(Vector.LoadUnsafe(ref argument, index)) * Vector.LoadUnsafe(ref seed, index),
                ref gradient,
                index
            );
        }

        // The rest through the same vector, so that a number's slope does not depend on where it stands.
        Span<float> rest = stackalloc float[width];
        arguments[whole..].CopyTo(rest);
        Derivative(new Vector<float>(rest)).CopyTo(rest);
        for (int index = whole; index < seeds.Length; index++)
        {
            gradients[index] = rest[index - whole] * seeds[index];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Derivative(Vector<float> argument)
    {
        Vector<float> sigmoid =
            Vector<float>.One / (Vector<float>.One + Exp(-Vector.Min(Vector.Max(argument, new(-Bound)), new(Bound))));
        return sigmoid + (argument * sigmoid * (Vector<float>.One - sigmoid));
    }

    /// <summary>
    /// exp(x) = 2ⁿ exp(f) with n the integer nearest to x ÷ ln 2 and |f| ≤ ½ ln 2, where the series up to f⁷ ÷ 7! is exact to the
    /// last bit but one. ln 2 is taken off in two parts, so that f has all its bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Exp(Vector<float> value)
    {
        Vector<float> power = Vector.Round(value * new Vector<float>(1.44269504f));
        Vector<float> rest = Vector.FusedMultiplyAdd(
            power,
            new(2.12194440e-4f),
            Vector.FusedMultiplyAdd(power, new(-0.693359375f), value)
        );
        Vector<float> series = new(1f / 5040);
        series = Vector.FusedMultiplyAdd(series, rest, new(1f / 720));
        series = Vector.FusedMultiplyAdd(series, rest, new(1f / 120));
        series = Vector.FusedMultiplyAdd(series, rest, new(1f / 24));
        series = Vector.FusedMultiplyAdd(series, rest, new(1f / 6));
        series = Vector.FusedMultiplyAdd(series, rest, new(0.5f));
        series = Vector.FusedMultiplyAdd(series, rest, Vector<float>.One);
        series = Vector.FusedMultiplyAdd(series, rest, Vector<float>.One);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(series) + (Vector.ConvertToInt32(power) << 23));
    }
}
