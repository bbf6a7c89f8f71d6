namespace Cupola.Training.Data;

/// <summary>
/// What random numbers are for: each use has a sequence of its own, so that one more draw of one use changes no other.
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
/// Random numbers that follow from what they are for, and from nothing that happened before: SplitMix64 (Steele, Lea and Flood,
/// OOPSLA 2014, figure 16), begun at a hash of seed, use,
/// epoch and pair. A run that is resumed draws what one that was not would have drawn, in whatever order threads ask.
/// </summary>
internal struct SplitMix64
{
    /// <summary>The odd number nearest to 2⁶⁴ over the golden ratio, by which the state steps.</summary>
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>The sequence of one use.</summary>
    /// <param name="seed">The run's.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="epoch">How often the data were gone through before.</param>
    /// <param name="pair">Where the pair stands in the data; 0 for what concerns the whole epoch.</param>
    public SplitMix64(ulong seed, RandomUse use, long epoch, long pair = 0)
        : this(Hash([seed, (ulong)use, (ulong)epoch, (ulong)pair])) { }

    /// <summary>The sequence behind a state.</summary>
    public SplitMix64(ulong state) => _state = state;

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>A number from 0 to 1, 1 excluded, in steps of 2⁻⁵³.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from one bound to another.</summary>
    public double NextBetween(double from, double to) => from + ((to - from) * NextUnit());

    /// <summary>
    /// A whole number from 0 to <paramref name="count"/>, which is excluded. Some are likelier than others by one part in 2³²,
    /// which no one can see.
    /// </summary>
    public int NextBelow(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>Puts items into a random order (Fisher and Yates).</summary>
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
