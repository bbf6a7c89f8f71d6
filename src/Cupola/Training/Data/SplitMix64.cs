namespace Cupola.Training.Data;

/// <summary>
/// The uses of random numbers: each has a separate sequence, so that an additional draw for one use changes no other.
/// </summary>
internal enum RandomUse
{
    Order,
    Caption,
    Crop,
    Flip,
    ColorJitter,
}

/// <summary>
/// Random numbers that depend on their use and not on earlier draws: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, figure 16),
/// seeded with a hash of seed, use, epoch and pair. A resumed run draws the same numbers as an uninterrupted one, in whatever
/// order threads ask.
/// </summary>
internal struct SplitMix64
{
    /// <summary>The odd number nearest to 2⁶⁴ over the golden ratio, the increment of the state.</summary>
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Creates the sequence of one use.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="use">The use.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="pair">The pair's index in the data; 0 for the epoch as a whole.</param>
    public SplitMix64(ulong seed, RandomUse use, long epoch, long pair = 0)
        : this(Hash([seed, (ulong)use, (ulong)epoch, (ulong)pair])) { }

    /// <summary>Continues a sequence from a state.</summary>
    public SplitMix64(ulong state) => _state = state;

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>A number from 0 to 1 (exclusive), in steps of 2⁻⁵³.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number between two bounds.</summary>
    public double NextBetween(double from, double to) => from + ((to - from) * NextUnit());

    /// <summary>
    /// An integer from 0 to <paramref name="count"/> (exclusive). Some are more likely than others by a negligible one part in
    /// 2³².
    /// </summary>
    public int NextBelow(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>Shuffles items (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextBelow(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Hash(ReadOnlySpan<ulong> parts)
    {
        ulong hash = 0;
        foreach (ulong part in parts)
        {
            hash = Mix((hash ^ part) + Step);
        }

        return hash;
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
