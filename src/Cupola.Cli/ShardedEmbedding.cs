using System.CommandLine;
using Cupola.Embedding.Shards;

namespace Cupola.Cli;

/// <summary><c>cupola embed … --shards</c>: one output a shard, done by as many processes as there are.</summary>
internal sealed class ShardedEmbedding
{
    /// <summary>How often a process looks whether shards that others hold are done or free.</summary>
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    private readonly ShardFolder _folder;
    private readonly ShardEmbedder _embedder;
    private readonly ShardLines _lines;
    private readonly List<Shard> _unread = [];
    private bool _hasFailed;

    private ShardedEmbedding(ShardFolder folder, ShardEmbedder embedder, ShardLines lines) =>
        (_folder, _embedder, _lines) = (folder, embedder, lines);

    /// <summary>Runs the verb.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="content">What is embedded.</param>
    /// <param name="options">The options of shards.</param>
    /// <param name="folder">Where outputs are written.</param>
    /// <param name="load">Loads the model.</param>
    /// <param name="orient">Whether images are turned as their EXIF orientation says.</param>
    /// <param name="fetch">Whether addresses are downloaded.</param>
    /// <param name="format">For whom lines are written.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public static int Run(
        ParseResult parsed,
        ShardContent content,
        ShardOptions options,
        string? folder,
        Func<CancellationToken, ClipEmbedder> load,
        bool orient,
        bool fetch,
        OutputFormat format,
        CancellationToken cancellationToken
    )
    {
        if (folder is null)
        {
            throw new ArgumentException("Each shard gets an output of its own; name their folder by -o.");
        }

        IReadOnlyList<Shard> shards = options.ReadShards(parsed);
        ShareOfShards share = options.ReadShare(parsed, Environment.GetEnvironmentVariable);
        Shard[] own = [.. share.OwnOf(shards)];
        Console.Error.WriteLine(Told(share, own, shards, options.Claims(parsed)));

        if (own.Length == 0 && !options.Claims(parsed))
        {
            return ExitCode.Done;
        }

        using ClipEmbedder embedder = load(cancellationToken);
        ShardFolder outputs = ShardFolder.Create(folder, ShardSettings.Of(embedder, content, orient), shards, cancellationToken);
        ShardedEmbedding work = new(outputs, new(embedder, outputs, fetch, StandardStreams.Log), new(content, format));
        if (options.Claims(parsed))
        {
            work.RunClaimed([.. own, .. shards.Except(own)], cancellationToken);
        }
        else
        {
            work.Run(own, cancellationToken);
        }

        return work._unread.Count > 0 && work._unread.Count == own.Length ? ExitCode.Unusable
            : work._hasFailed ? ExitCode.SomeFailed
            : ExitCode.Done;
    }

    /// <summary>What is left of the work where it was stopped.</summary>
    public static string WhenStopped(string folder) =>
        $"Stopped; the outputs in {folder} are whole, and the same command goes on from there.";

    private static string Told(ShareOfShards share, Shard[] own, IReadOnlyList<Shard> shards, bool claims)
    {
        string first = own.Length == 0 ? "" : $", the first {own[0].Name}";
        string which =
            share.Count > 1 ? $"Process {share.Index} of {share.Count}, counted from 0"
            : claims ? "One of the processes that claim shards"
            : "The only process";
        return $"{which} ({share.Source}): {own.Length} of {shards.Count} shards{first}"
            + (
                !claims ? "."
                : share.Count > 1 ? ", and after them what no other process holds."
                : ", as far as no other process holds them."
            );
    }

    private void Run(Shard[] shards, CancellationToken cancellationToken)
    {
        for (int index = 0; index < shards.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsDone(shards[index], cancellationToken))
            {
                Embed(shards[index], $"{index + 1} of {shards.Length}", cancellationToken);
            }
        }
    }

    /// <summary>
    /// Goes round until every shard has an output: those that others hold are waited for, and taken over when their claims are
    /// stale.
    /// </summary>
    private void RunClaimed(List<Shard> pending, CancellationToken cancellationToken)
    {
        ShardClaims claims = new(_folder);
        int total = pending.Count;
        bool isWaitingTold = false;
        while (pending.Count > 0)
        {
            int before = pending.Count;
            foreach (Shard shard in pending.ToArray())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsDone(shard, cancellationToken))
                {
                    pending.Remove(shard);
                    continue;
                }

                using ShardClaim? claim = claims.TryTake(shard);
                if (claim is null)
                {
                    continue;
                }

                // It may have been done between the look and the claim.
                if (!IsDone(shard, cancellationToken))
                {
                    Embed(shard, $"{total - pending.Count + 1} of {total}", cancellationToken);
                }

                pending.Remove(shard);
            }

            if (pending.Count < before || pending.Count == 0)
            {
                continue;
            }

            if (!isWaitingTold)
            {
                isWaitingTold = true;
                Console.Error.WriteLine(
                    $"Waiting for {pending.Count} shards that other processes hold; one not renewed for a minute is taken over."
                );
            }

            cancellationToken.WaitHandle.WaitOne(LooksEvery);
        }
    }

    private bool IsDone(Shard shard, CancellationToken cancellationToken)
    {
        ShardManifest? done = _folder.FindDone(shard, cancellationToken);
        if (done is not null)
        {
            _lines.Write(shard, done, _folder.ArrayOf(shard), isSkipped: true);
        }

        return done is not null;
    }

    private void Embed(Shard shard, string place, CancellationToken cancellationToken)
    {
        try
        {
            ShardManifest made = WorkProgress.Unknown($"{shard.Name} ({place})", progress =>
                _embedder.Embed(shard, progress, cancellationToken)
            );
            _hasFailed |= made.Failed > 0;
            _lines.Write(shard, made, _folder.ArrayOf(shard), isSkipped: false);
        }
        catch (ShardException problem)
        {
            _hasFailed = true;
            _unread.Add(shard);
            _lines.WriteError(shard, FailureSentence.Write(problem.Message));
        }
    }
}
