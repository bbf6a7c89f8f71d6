using FlagWorld.Designs;

namespace FlagWorld.Phrasing;

/// <summary>The captions of an image.</summary>
internal static class Captions
{
    /// <summary>Of an image's captions this many are whole descriptions; each further one says a part.</summary>
    private const int Whole = 4;

    /// <summary>A caption with more words is said anew: no small text model reads so far.</summary>
    private const int MostWords = 44;

    /// <summary>Different captions for one design, whole descriptions first.</summary>
    public static IReadOnlyList<string> Write(Design design, int count, CounterRandom random)
    {
        Speaker speaker = new(random);
        FlagCaptions flags = new(speaker);
        SignCaptions signs = new(speaker);
        bool flag = design.Outline == Outline.Flag;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(caption =>
                    Short(
                        caption < Whole
                            ? () => flag ? flags.Whole(design) : signs.Whole(design)
                            : () => flag ? flags.Part(design) : signs.Part(design)
                    )
                )
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static string Short(Func<string> say)
    {
        string caption = say();
        for (int attempt = 0; attempt < 5 && caption.Count(static letter => letter == ' ') >= MostWords; attempt++)
        {
            caption = say();
        }

        return caption;
    }
}
