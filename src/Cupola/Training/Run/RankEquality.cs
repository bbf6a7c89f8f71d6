using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cupola.Collectives;
using static System.FormattableString;

namespace Cupola.Training.Run;

/// <summary>Whether all ranks do the same: with different data, settings or versions, they would train no model at all.</summary>
internal static class RankEquality
{
    /// <summary>Compares what ranks are to do.</summary>
    /// <exception cref="InvalidDataException">One differs from the first; every rank says the same.</exception>
    public static void RequireCommand(ICollective ranks, RunDescription wanted)
    {
        RankCommand[] all =
        [
            .. ranks
                .AllGather(JsonSerializer.Serialize(RankCommand.Of(wanted)))
                .Select(static text => JsonSerializer.Deserialize<RankCommand>(text)!),
        ];
        RankCommand first = all[0];
        foreach ((int rank, RankCommand other) in all.Index())
        {
            string who = Invariant($"Rank {rank} on {other.Host}");
            if (other.Version != first.Version)
            {
                throw new InvalidDataException(
                    $"{who} runs {other.Version}, and rank 0 on {first.Host} {first.Version}; install the same on all machines."
                );
            }

            if (other.Settings != first.Settings)
            {
                throw new InvalidDataException(
                    $"{who} has other settings than rank 0 on {first.Host}; start all ranks by the same command line, with the "
                        + "same files."
                );
            }

            if (other.Pairs != first.Pairs)
            {
                throw new InvalidDataException(
                    Invariant(
                        $"{who} sees other pairs than rank 0 on {first.Host}: {other.Count} of {other.Dataset}, where rank 0 "
                    )
                        + Invariant($"has {first.Count} of {first.Dataset}")
                        + (other.Count == first.Count ? " with other captions or images" : "")
                        + "; give all ranks the same data."
                );
            }
        }
    }

    /// <summary>Compares from what ranks go on.</summary>
    /// <exception cref="InvalidDataException">One differs from the first; every rank says the same.</exception>
    public static void RequireState(ICollective ranks, TrainingState state, string run)
    {
        if (ranks.Ranks == 1)
        {
            return;
        }

        string[] all = ranks.AllGather(state.ComputeHash());
        if (Array.FindIndex(all, hash => hash != all[0]) is >= 0 and var rank)
        {
            throw new InvalidDataException(
                Invariant($"Rank {rank} does not see {run} as rank 0 left it; the run's folder must be one that all ranks share.")
            );
        }
    }

    /// <summary>What a rank is to do.</summary>
    private sealed record RankCommand(string Host, string Version, string Settings, string Dataset, int Count, string Pairs)
    {
        private static AssemblyInformationalVersionAttribute? Own =>
            typeof(RankEquality).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();

        public static RankCommand Of(RunDescription wanted) =>
            new(
                Environment.MachineName,
                $"Cupola {Own?.InformationalVersion} on {RuntimeInformation.FrameworkDescription} "
                    + $"({RuntimeInformation.RuntimeIdentifier})",
                TrainingSettingsFile.ToJson(wanted.Settings).ToJsonString(),
                wanted.Pairs.Dataset,
                wanted.Pairs.Count,
                wanted.Pairs.Sha256
            );
    }
}
