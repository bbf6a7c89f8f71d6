using System.Text;

namespace Cupola.Collectives;

/// <summary>Exchanges of little things.</summary>
internal static class Gathering
{
    /// <summary>What each rank says, by rank.</summary>
    public static string[] AllGather(this ICollective ranks, string mine)
    {
        if (ranks.Ranks == 1)
        {
            return [mine];
        }

        byte[] text = Encoding.UTF8.GetBytes(mine);
        int[] lengths = ranks.AllGather(text.Length);
        if (lengths.Max() == 0)
        {
            return [.. lengths.Select(static _ => "")];
        }

        byte[] all = new byte[lengths.Sum()];
        text.CopyTo(all.AsSpan(lengths.Take(ranks.Rank).Sum()));
        ranks.AllGather<byte>(all, lengths);
        string[] texts = new string[lengths.Length];
        for (int rank = 0, start = 0; rank < lengths.Length; start += lengths[rank++])
        {
            texts[rank] = Encoding.UTF8.GetString(all, start, lengths[rank]);
        }

        return texts;
    }

    /// <summary>What each rank has, by rank.</summary>
    public static T[] AllGather<T>(this ICollective ranks, T mine)
        where T : unmanaged
    {
        var all = new T[ranks.Ranks];
        all[ranks.Rank] = mine;
        ranks.AllGather(all.AsSpan(), [.. Enumerable.Repeat(1, ranks.Ranks)]);
        return all;
    }

    /// <summary>What the first rank has, on every rank.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="mine">As many elements on each; only the first rank's are asked for.</param>
    public static T[] OfFirst<T>(this ICollective ranks, T[] mine)
        where T : unmanaged
    {
        ranks.AllGather(mine.AsSpan(), [.. Enumerable.Range(0, ranks.Ranks).Select(rank => rank == 0 ? mine.Length : 0)]);
        return mine;
    }
}
