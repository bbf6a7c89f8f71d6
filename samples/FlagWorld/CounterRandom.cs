namespace FlagWorld;

/// <summary>
/// Random numbers that depend on a key and a counter alone: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014). An image's numbers come from the seed and the image's own number, so any image can be drawn again
/// without those before it.
/// </summary>
internal sealed class CounterRandom
{
    /// <summary>2⁶⁴ divided by the golden ratio, made odd: the step of SplitMix64.</summary>
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _key;
    private ulong _counter;

    public CounterRandom(ulong seed, ulong stream) => _key = Mix(Mix(seed + Golden) ^ (stream * Golden));

    /// <summary>Numbers of another key, which what this one has given so far does not change.</summary>
    public CounterRandom Fork(ulong stream) => new(_key, stream);

    /// <summary>At least 0, below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + ((high - low) * Unit());

    /// <summary>At least 0, below the count.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>One of the choices, each as likely as its weight.</summary>
    public T Weighted<T>(params ReadOnlySpan<(T Choice, double Weight)> choices)
    {
        double total = 0;
        foreach ((_, double weight) in choices)
        {
            total += weight;
        }

        double place = Unit() * total;
        foreach ((T choice, double weight) in choices)
        {
            if ((place -= weight) < 0)
            {
                return choice;
            }
        }

        return choices[^1].Choice;
    }

    private ulong Next() => Mix(_key + (++_counter * Golden));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
