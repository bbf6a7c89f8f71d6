using FlagWorld.Designs;
using FlagWorld.Real;

namespace FlagWorld.Grammar;

/// <summary>Which combinations of layout and colors may be drawn.</summary>
internal enum Share
{
    /// <summary>Nine in ten, for training.</summary>
    Training,

    /// <summary>The tenth that training never sees.</summary>
    HeldOut,
}

/// <summary>
/// The designs of a seed, by number. No combination of a real flag or sign is ever among them; of the others, the hash of the
/// combination says, for all seeds alike, whether it is for training or held out.
/// </summary>
internal static class DesignStream
{
    /// <summary>One combination in this many is held out.</summary>
    private const ulong HeldOutOneIn = 10;

    /// <summary>Of the designs, this share are signs.</summary>
    private const double Signs = 0.2;

    /// <summary>The design of this number.</summary>
    public static Design Draw(CounterRandom random, Share share)
    {
        while (true)
        {
            Design design = random.Chance(Signs) ? new SignGrammar(random).Draw() : new FlagGrammar(random).Draw();
            if (!RealDesigns.Keys.Contains(design.Key) && ShareOf(design.Key) == share)
            {
                return design;
            }
        }
    }

    /// <summary>FNV-1a (Fowler, Noll, Vo), 64 bits, over the combination's letters.</summary>
    public static Share ShareOf(string key)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char letter in key)
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        // The low bits of FNV-1a are its weakest.
        return ((hash >> 32) ^ hash) % HeldOutOneIn == 0 ? Share.HeldOut : Share.Training;
    }
}
