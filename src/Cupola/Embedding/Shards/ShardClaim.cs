using static System.FormattableString;

namespace Cupola.Embedding.Shards;

/// <summary>
/// That a process works on a shard: a file beside the output, which only one process can create. Its holder renews it as long as
/// it works.
/// </summary>
/// <remarks>
/// A claim that another process sees unchanged for a minute, by that process's own clock, is stale: clocks of machines need not
/// agree. It is taken over by creating the file of the next number (NAME.claim, NAME.claim-1, …), which again only one can, and
/// looking once more whether the stale one is as it was. The highest number counts, whether or not there are lower ones: a slow
/// holder that comes back removes its own. A claim only saves work: two processes that embed the same shard write the same bytes.
/// </remarks>
internal sealed class ShardClaim : IDisposable
{
    private readonly string _path;
    private readonly string _holder;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<(string Path, string Holder)> _takenOver;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private int _renewals;
    private bool _isOver;

    /// <summary>Keeps a claim whose file is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="holder">Its first line.</param>
    /// <param name="takenOver">The lower claims, which go with it.</param>
    /// <param name="clock">Measures time.</param>
    /// <param name="renewedEvery">How often it is renewed.</param>
    internal ShardClaim(
        string path,
        string holder,
        IReadOnlyList<(string Path, string Holder)> takenOver,
        TimeProvider clock,
        TimeSpan renewedEvery
    )
    {
        (_path, _holder, _takenOver, _clock) = (path, holder, takenOver, clock);
        _timer = clock.CreateTimer(_ => Renew(), state: null, renewedEvery, renewedEvery);
    }

    /// <summary>Removes the claim, and those that it was taken over from.</summary>
    public void Dispose()
    {
        GiveBack();
        // From the highest down: a shard with a lower one is never free in between.
        foreach ((string path, string holder) in _takenOver)
        {
            Remove(path, holder);
        }
    }

    /// <summary>Removes the claim alone, unless it is another process's by now.</summary>
    internal void GiveBack()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        _timer.Dispose();
        Remove(_path, _holder);
    }

    /// <summary>What a claim's file holds; null where it cannot be read, since it is gone.</summary>
    internal static string? Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            // Gone, or gone on another machine, of which NFS says that its handle is stale.
            return null;
        }
    }

    /// <summary>Who holds a claim, by what its file holds.</summary>
    internal static string HolderOf(string content) => content.Split('\n')[0];

    /// <summary>What a claim's file holds after so many renewals.</summary>
    internal static byte[] Content(string holder, int renewals, TimeProvider clock) =>
        System.Text.Encoding.UTF8.GetBytes(Invariant($"{holder}\nrenewed {renewals} times, last {clock.GetUtcNow():O}\n"));

    private static void Remove(string path, string holder)
    {
        if (Read(path) is { } content && HolderOf(content) == holder)
        {
            File.Delete(path);
        }
    }

    private void Renew()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            try
            {
                // Never made anew: whoever removed it had a reason.
                using FileStream file = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                file.Write(Content(_holder, ++_renewals, _clock));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The next renewal may succeed; if none does, another process repeats the work.
            }
        }
    }
}
