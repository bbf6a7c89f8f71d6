namespace Cupola.Models.Layers;

/// <summary>How a parameter's first numbers are drawn.</summary>
internal sealed class Initialization
{
    private readonly Func<Random, float> _draw;

    private Initialization(Func<Random, float> draw) => _draw = draw;

    public static Initialization Zeros { get; } = Constant(0);

    public static Initialization Ones { get; } = Constant(1);

    /// <summary>The same number everywhere.</summary>
    public static Initialization Constant(float number) => new(_ => number);

    /// <summary>Evenly between −bound and bound.</summary>
    public static Initialization Uniform(double bound) => new(random => (float)(((2 * random.NextDouble()) - 1) * bound));

    /// <summary>PyTorch's default for a layer's weight and bias: evenly, as wide as the layer's inputs say.</summary>
    public static Initialization UniformOver(long inputs) => Uniform(1 / Math.Sqrt(inputs));

    /// <summary>By the bell curve, by Box and Muller's way from two even numbers to one of it.</summary>
    public static Initialization Normal(double deviation) =>
        new(random =>
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            return (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        });

    /// <summary>Draws numbers one after the other.</summary>
    public void Fill(Span<float> numbers, Random random)
    {
        foreach (ref float number in numbers)
        {
            number = _draw(random);
        }
    }
}
