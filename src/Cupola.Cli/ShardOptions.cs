using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cupola.Embedding.Shards;

namespace Cupola.Cli;

/// <summary>The options of <c>cupola embed</c> that say what shards there are, and which of them are this process's.</summary>
internal sealed class ShardOptions
{
    /// <summary>More processes than any machine room starts.</summary>
    private const int MostProcesses = 10_000_000;

    private readonly Option<string[]> _shards = new("--shards")
    {
        Description =
            "Shards in place of arguments: .tar, tables (.csv, .tsv, .jsonl) or lists (.txt), folders of them, or patterns "
            + "(photos-{000..017}.tar). Each gets an output of its own in the folder -o; what is done is not done again.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<ShareOfShards?> _share = new("--shard")
    {
        Description =
            "Which process of how many this is, from 0: it takes the shards i, i+n, …. env/n takes i from the variables of the "
            + "launcher; without the option both come from there (Slurm, Open MPI, PMI, Kubernetes, torchrun).",
        HelpName = "i/n|env/n",
        CustomParser = Parse,
    };

    private readonly Option<bool> _claim = new("--claim")
    {
        Description =
            "Take any shard that no other process holds, its own first: for machines of different speeds on one shared folder.",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_shards);
        command.Options.Add(_share);
        command.Options.Add(_claim);
    }

    /// <summary>Whether shards were named.</summary>
    public bool AreNamed(ParseResult parsed) => parsed.GetResult(_shards) is not null;

    /// <summary>Whether shards are claimed.</summary>
    public bool Claims(ParseResult parsed) => parsed.GetValue(_claim);

    /// <summary>Checks what goes together.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">The images or texts that it names.</param>
    /// <param name="what">What they are called.</param>
    /// <exception cref="ArgumentException">Something does not go together.</exception>
    public void Check(ParseResult parsed, string[] arguments, string what)
    {
        if (AreNamed(parsed) && arguments.Length > 0)
        {
            throw new ArgumentException($"{HarmlessText.Clean(arguments[0])} is named beside --shards; name {what} or shards.");
        }

        if (!AreNamed(parsed) && arguments.Length == 0)
        {
            throw new ArgumentException($"There is nothing to embed; name {what}, or shards by --shards.");
        }

        if (!AreNamed(parsed) && (Claims(parsed) || parsed.GetValue(_share) is not null))
        {
            throw new ArgumentException("--shard and --claim divide shards among processes; name those by --shards.");
        }
    }

    /// <summary>All shards, in order.</summary>
    public IReadOnlyList<Shard> ReadShards(ParseResult parsed)
    {
        IReadOnlyList<Shard> shards = Shard.Find(parsed.GetValue(_shards)!);
        return shards.Count > 0 ? shards : throw new ArgumentException("--shards names no shards.");
    }

    /// <summary>
    /// Which process this is of how many, and who said so: --shard i/n before all else, then what the variables of a launcher
    /// say, their count replaced by that of --shard env/n; without either, the only one.
    /// </summary>
    /// <exception cref="ArgumentException">The variables make no sense, or do not say enough.</exception>
    public ShareOfShards ReadShare(ParseResult parsed, Func<string, string?> variable)
    {
        ShareOfShards? given = parsed.GetValue(_share);
        if (given is { Index: not null })
        {
            return given;
        }

        LauncherRank? rank = LauncherRank.Read(variable);
        if (given is not null)
        {
            return rank is null
                    ? throw new ArgumentException(
                        "--shard env/n takes which process this is from the launcher's variables, and there are none; give i/n."
                    )
                : rank.Index < given.Count ? given with { Index = rank.Index, Source = $"{rank.Source}, {given.Source}" }
                : throw new ArgumentException(
                    $"{rank.Source} makes no sense with {given.Source}: processes count from 0 to one less than their number."
                );
        }

        return rank is null ? new(0, 1, "neither --shard nor a launcher's variables say otherwise")
            : rank.Count is { } count ? new(rank.Index, count, rank.Source)
            : Claims(parsed) ? new(0, 1, $"{rank.Source}, without the number of processes")
            : throw new ArgumentException(
                $"{rank.Source} says which process this is, and not of how many; add --shard env/n, with their number as n."
            );
    }

    private static ShareOfShards? Parse(ArgumentResult given)
    {
        string text = given.Tokens is [{ Value: var value }] ? value : "";
        string[] parts = text.Split('/');
        int? index = null;
        bool isShare =
            parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is > 0 and <= MostProcesses
            && (parts[0] == "env" || ((index = Number(parts[0])) is { } place && place < count));
        if (!isShare)
        {
            given.AddError($"--shard is i/n with i from 0 to n-1, or env/n, and not '{text}'.");
            return null;
        }

        return new(index, int.Parse(parts[1], CultureInfo.InvariantCulture), $"--shard {text}");
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}

/// <summary>Which process of how many this is.</summary>
/// <param name="Index">From 0; null where a launcher says it.</param>
/// <param name="Count">How many processes there are.</param>
/// <param name="Source">Who said so.</param>
internal sealed record ShareOfShards(int? Index, int Count, string Source)
{
    /// <summary>The process's own shards, interleaved: sizes often grow or fall along a list.</summary>
    public IEnumerable<Shard> OwnOf(IReadOnlyList<Shard> shards)
    {
        for (long index = Index!.Value; index < shards.Count; index += Count)
        {
            yield return shards[(int)index];
        }
    }
}
