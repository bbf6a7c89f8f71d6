namespace Cupola.Images;

/// <summary>
/// The weights of one axis of a resize, computed as in Pillow (Resample.c: precompute_coeffs, normalize_coeffs_8bpc): for each
/// output pixel the first input pixel and weights with 22 fractional bits. When an axis shrinks the kernel grows with it, so
/// every input pixel counts.
/// </summary>
internal sealed class ResizeWeights
{
    /// <summary>32 bits minus 8 for a pixel and 2 for sums beyond white.</summary>
    public const int FractionBits = 22;

    /// <summary>Vectors take taps in fours; weights after the last tap are 0.</summary>
    private const int TapsMultiple = 4;

    private ResizeWeights(int[] first, int[] weights, int taps)
    {
        First = first;
        Weights = weights;
        Taps = taps;
        Low = new short[weights.Length];
        High = new short[weights.Length];
        for (int index = 0; index < weights.Length; index++)
        {
            Low[index] = (short)(weights[index] & 0xFFF);
            High[index] = (short)(weights[index] >> 12);
        }
    }

    /// <summary>The first input pixel of each output pixel.</summary>
    public int[] First { get; }

    /// <summary>Taps per output pixel, a multiple of four.</summary>
    public int Taps { get; }

    /// <summary>[output pixels, taps].</summary>
    public int[] Weights { get; }

    /// <summary>The lower 12 bits of the weights; a weight is High · 4096 + Low, each of which fits a 16-bit product.</summary>
    public short[] Low { get; }

    /// <summary>The upper bits of the weights.</summary>
    public short[] High { get; }

    /// <summary>One past the last input pixel that an output pixel needs.</summary>
    public int InputEnd { get; private init; }

    /// <summary>
    /// Creates the weights for output pixels start to start + count of an axis of the given input and output sizes.
    /// </summary>
    public static ResizeWeights Create(Interpolation interpolation, int inputSize, int outputSize, int start, int count)
    {
        (Func<double, double> filter, double reach) = Filter(interpolation);
        double scale = (double)inputSize / outputSize,
            filterScale = Math.Max(scale, 1),
            support = reach * filterScale;
        int taps = ((((int)Math.Ceiling(support) * 2) + 1 + TapsMultiple - 1) / TapsMultiple) * TapsMultiple;
        var first = new int[count];
        var weights = new int[count * taps];
        var exact = new double[taps];
        int inputEnd = 0;
        for (int index = 0; index < count; index++)
        {
            double center = (start + index + 0.5) * scale;
            int from = Math.Max((int)(center - support + 0.5), 0);
            int length = Math.Min((int)(center + support + 0.5), inputSize) - from;
            double sum = 0;
            for (int tap = 0; tap < length; tap++)
            {
                exact[tap] = filter((tap + from - center + 0.5) * (1.0 / filterScale));
                sum += exact[tap];
            }

            first[index] = from;
            inputEnd = Math.Max(inputEnd, from + length);
            for (int tap = 0; tap < length; tap++)
            {
                double weight = (sum == 0 ? exact[tap] : exact[tap] / sum) * (1 << FractionBits);
                weights[(index * taps) + tap] = (int)(weight + (weight < 0 ? -0.5 : 0.5));
            }
        }

        return new(first, weights, taps) { InputEnd = inputEnd };
    }

    private static (Func<double, double> Filter, double Reach) Filter(Interpolation interpolation) =>
        interpolation switch
        {
            Interpolation.Bicubic => (Bicubic, 2),
            Interpolation.Bilinear => (static x => Math.Max(1 - Math.Abs(x), 0), 1),
            Interpolation.Lanczos => (static x => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0, 3),
            Interpolation.Box => (static x => x is > -0.5 and <= 0.5 ? 1 : 0, 0.5),
            Interpolation.Hamming => (Hamming, 1),
            _ => throw new ArgumentOutOfRangeException(
                nameof(interpolation),
                interpolation,
                "There are no weights for this interpolation."
            ),
        };

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a
            : 0;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);

    private static double Hamming(double x)
    {
        x = Math.Abs(x);
        return x == 0 ? 1
            : x >= 1 ? 0
            : Math.Sin(x * Math.PI) / (x * Math.PI) * (0.54 + (0.46 * Math.Cos(x * Math.PI)));
    }
}
