using System.Globalization;
using static System.FormattableString;

namespace Cupola.Embedding.Shards;

/// <summary>The claims in a folder of outputs, as one process sees them.</summary>
/// <param name="folder">The folder.</param>
internal sealed class ShardClaims(ShardFolder folder)
{
    /// <summary>What each shard's highest claim held, and since when it is seen to hold that.</summary>
    private readonly Dictionary<string, (int Number, string Content, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Six renewals may be lost before a claim is stale.</summary>
    public TimeSpan RenewedEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a claim must be unchanged to be taken over.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Measures how long that is.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Claims a shard; null where another process holds it.</summary>
    public ShardClaim? TryTake(Shard shard)
    {
        // A folder of many outputs is listed only if something has happened.
        if (
            _seen.TryGetValue(shard.Name, out (int Number, string Content, long Since) seen)
            && IsFresh(seen.Since)
            && Read(shard, seen.Number) == seen.Content
        )
        {
            return null;
        }

        int[] numbers = Numbers(shard);
        string? stale = null;
        if (numbers is [int held, ..])
        {
            stale = Read(shard, held);
            if (stale is null || !IsStale(shard, held, stale))
            {
                return null;
            }
        }

        (string Path, string Holder)[] takenOver =
        [
            .. numbers
                .Select(number => (Path: PathOf(shard, number), Content: Read(shard, number)))
                .Where(static each => each.Content is not null)
                .Select(static each => (each.Path, ShardClaim.HolderOf(each.Content!))),
        ];
        int next = numbers is [int highest, ..] ? highest + 1 : 0;
        string path = PathOf(shard, next),
            holder = Invariant($"{Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}");
        if (!TryCreate(path, holder))
        {
            return null;
        }

        ShardClaim claim = new(path, holder, takenOver, Clock, RenewedEvery);
        if ((stale is not null && Read(shard, next - 1) != stale) || Numbers(shard) is [int above, ..] && above > next)
        {
            // Its holder was only slow, or gave it up meanwhile and a third took it.
            claim.GiveBack();
            return null;
        }

        return claim;
    }

    private string PathOf(Shard shard, int number) => Path.Combine(folder.Path, NameOf(shard, number));

    /// <summary>The number stands behind the last dot, where no shard's name reaches.</summary>
    private static string NameOf(Shard shard, int number) =>
        number == 0 ? $"{shard.Name}.claim" : Invariant($"{shard.Name}.claim-{number}");

    private string? Read(Shard shard, int number) => ShardClaim.Read(PathOf(shard, number));

    /// <summary>The numbers of a shard's claims, the highest first.</summary>
    private int[] Numbers(Shard shard)
    {
        string first = NameOf(shard, 0);
        return
        [
            .. Directory
                .EnumerateFiles(folder.Path)
                .Select(Path.GetFileName)
                .OfType<string>()
                .Where(name => name.StartsWith(first, StringComparison.Ordinal))
                .Select(name => (Name: name, Number: NumberOf(name[first.Length..])))
                .Where(each => each.Number is { } number && each.Name == NameOf(shard, number))
                .Select(static each => each.Number!.Value)
                .OrderDescending(),
        ];
    }

    private static int? NumberOf(string end) =>
        end.Length == 0 ? 0
        : int.TryParse(end.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < int.MaxValue
            ? number
        : null;

    private bool TryCreate(string path, string holder)
    {
        FileStream file;
        try
        {
            file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }

        try
        {
            using (file)
            {
                file.Write(ShardClaim.Content(holder, 0, Clock));
            }

            return true;
        }
        catch
        {
            // On a full disk, for example: it would look like another process's.
            File.Delete(path);
            throw;
        }
    }

    private bool IsFresh(long since) => Clock.GetElapsedTime(since) < StaleAfter;

    private bool IsStale(Shard shard, int number, string content)
    {
        if (
            !_seen.TryGetValue(shard.Name, out (int Number, string Content, long Since) seen)
            || (seen.Number, seen.Content) != (number, content)
        )
        {
            _seen[shard.Name] = seen = (number, content, Clock.GetTimestamp());
        }

        return !IsFresh(seen.Since);
    }
}
