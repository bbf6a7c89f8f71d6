using System.Runtime.CompilerServices;

namespace Cupola.Runtime;

/// <summary>A non-linearity that goes over rows in place.</summary>
internal enum RowActivation
{
    /// <summary>x · sigmoid(1.702 x).</summary>
    QuickGelu,

    /// <summary>x · ½ (1 + erf(x ÷ √2)).</summary>
    Gelu,

    /// <summary>x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    GeluTanh,
}

/// <summary>The non-linearities on sixteen numbers, each to within 1e-6 of the larger of 1 and its argument.</summary>
internal static class RowActivations
{
    private const float BinaryLogarithmOfE = 1.44269504f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T QuickGelu<T>(T x)
        where T : struct, ILanes<T> => x / (T.Create(1) + Exp2(x * T.Create(-1.702f * BinaryLogarithmOfE)));

    /// <summary>½ (1 + tanh u) is sigmoid(2 u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T GeluTanh<T>(T x)
        where T : struct, ILanes<T>
    {
        T inner = T.MultiplyAdd(x * x * x, T.Create(0.044715f), x);
        return x / (T.Create(1) + Exp2(inner * T.Create(-2 * 0.79788456f * BinaryLogarithmOfE)));
    }

    /// <summary>
    /// max(x, 0) − |x| Φ(−|x|), with the normal distribution's tail Φ by formula 7.1.26 of Abramowitz and Stegun, whose error is
    /// 1.5e-7 at most.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gelu<T>(T x)
        where T : struct, ILanes<T>
    {
        T size = T.Max(x, T.Create(0) - x),
            z = size * T.Create(0.70710678f),
            t = T.Create(1) / T.MultiplyAdd(z, T.Create(0.3275911f), T.Create(1));
        T series = T.MultiplyAdd(t, T.Create(0.5f * 1.061405429f), T.Create(0.5f * -1.453152027f));
        series = T.MultiplyAdd(series, t, T.Create(0.5f * 1.421413741f));
        series = T.MultiplyAdd(series, t, T.Create(0.5f * -0.284496736f));
        series = T.MultiplyAdd(series, t, T.Create(0.5f * 0.254829592f));
        T tail = series * t * Exp2(z * z * T.Create(-BinaryLogarithmOfE));
        return T.Max(x, T.Create(0)) - (size * tail);
    }

    /// <summary>
    /// 2 to a power, which is held within ±126: 2ⁿ times the series of 2ᶠ, with n the nearest whole number. Added to 1.5 · 2²³, a
    /// number is rounded to a whole one, which then stands in the sum's lowest bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Exp2<T>(T power)
        where T : struct, ILanes<T>
    {
        T shift = T.Create(12_582_912);
        power = T.Min(T.Max(power, T.Create(-126)), T.Create(126));
        T whole = power + shift,
            rest = power - (whole - shift);
        T series = T.MultiplyAdd(rest, T.Create(1.54035304e-4f), T.Create(1.33335581e-3f));
        series = T.MultiplyAdd(series, rest, T.Create(9.61812911e-3f));
        series = T.MultiplyAdd(series, rest, T.Create(5.55041087e-2f));
        series = T.MultiplyAdd(series, rest, T.Create(2.40226507e-1f));
        series = T.MultiplyAdd(series, rest, T.Create(6.93147181e-1f));
        series = T.MultiplyAdd(series, rest, T.Create(1));
        return T.Scale(series, whole);
    }
}
