using System.Diagnostics;
using static System.FormattableString;

namespace Cupola.Embedding.Shards;

/// <summary>
/// That a process works on a shard: a file beside the output, which only one process can create. Its holder renews it as long as
/// it works.
/// </summary>
/// <remarks>
/// A claim that another process sees unchanged for a minute, by that process's own clock, is stale: clocks of machines need not
/// agree. It is taken over by creating the file of the next number (NAME.claim, NAME.1.claim, …), which again only one can, and
/// looking once more whether the stale one is as it was. A claim only saves work: two processes that embed the same shard write
/// the same bytes.
/// </remarks>
internal sealed class ShardClaim : IDisposable
{
    private readonly ShardClaims _claims;
    private readonly Shard _shard;
    private readonly int _number;
    private readonly string _holder;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private int _renewals;
    private bool _isOver;

    internal ShardClaim(ShardClaims claims, Shard shard, int number, string holder)
    {
        (_claims, _shard, _number, _holder) = (claims, shard, number, holder);
        _timer = new(_ => Renew(), state: null, claims.RenewedEvery, claims.RenewedEvery);
    }

    /// <summary>Removes the claim, and those that it was taken over from.</summary>
    public void Dispose()
    {
        GiveBack();
        // From the highest down: a shard with a lower one is never free in between.
        for (int number = _number - 1; number >= 0; number--)
        {
            File.Delete(_claims.PathOf(_shard, number));
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
        string path = _claims.PathOf(_shard, _number);
        if (ShardClaims.Read(path)?.StartsWith(_holder, StringComparison.Ordinal) == true)
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
                using FileStream file = new(
                    _claims.PathOf(_shard, _number),
                    FileMode.Open,
                    FileAccess.Write,
                    FileShare.ReadWrite | FileShare.Delete
                );
                file.Write(ShardClaims.Content(_holder, ++_renewals));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The next renewal may succeed; if none does, another process repeats the work.
            }
        }
    }
}

/// <summary>The claims in a folder of outputs, as one process sees them.</summary>
/// <param name="folder">The folder.</param>
internal sealed class ShardClaims(ShardFolder folder)
{
    /// <summary>When each claim was first seen with what it holds.</summary>
    private readonly Dictionary<string, (string Content, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Six renewals may be lost before a claim is stale.</summary>
    public TimeSpan RenewedEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a claim must be unchanged to be taken over.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Claims a shard; null where another process holds it.</summary>
    public ShardClaim? TryTake(Shard shard)
    {
        int held = Highest(shard);
        string? stale = null;
        if (held >= 0)
        {
            string path = PathOf(shard, held);
            stale = Read(path);
            if (stale is null || !IsStale(path, stale))
            {
                return null;
            }
        }

        int number = held + 1;
        string holder = Invariant($"{Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}");
        if (!TryCreate(PathOf(shard, number), holder))
        {
            return null;
        }

        ShardClaim claim = new(this, shard, number, holder);
        if ((held >= 0 && Read(PathOf(shard, held)) != stale) || Highest(shard) != number)
        {
            // Its holder was only slow, or gave it up meanwhile and a third took it.
            claim.GiveBack();
            return null;
        }

        return claim;
    }

    /// <summary>The file of a claim.</summary>
    internal string PathOf(Shard shard, int number) =>
        Path.Combine(folder.Path, number == 0 ? $"{shard.Name}.claim" : Invariant($"{shard.Name}.{number}.claim"));

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

    /// <summary>What a claim's file holds after so many renewals.</summary>
    internal static byte[] Content(string holder, int renewals) =>
        System.Text.Encoding.UTF8.GetBytes(Invariant($"{holder}\nrenewed {renewals} times, last {DateTime.UtcNow:O}\n"));

    private static bool TryCreate(string path, string holder)
    {
        try
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            file.Write(Content(holder, 0));
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private int Highest(Shard shard)
    {
        int number = 0;
        while (File.Exists(PathOf(shard, number)))
        {
            number++;
        }

        return number - 1;
    }

    private bool IsStale(string path, string content)
    {
        if (!_seen.TryGetValue(path, out (string Content, long Since) seen) || seen.Content != content)
        {
            _seen[path] = seen = (content, Stopwatch.GetTimestamp());
        }

        return Stopwatch.GetElapsedTime(seen.Since) >= StaleAfter;
    }
}
