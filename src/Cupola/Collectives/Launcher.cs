using System.Globalization;
using static System.FormattableString;

namespace Cupola.Collectives;

/// <summary>What a launcher of ranks, such as mpirun or srun, says in the environment of a process that it starts.</summary>
/// <param name="Rank">Which of the processes this is.</param>
/// <param name="Ranks">How many there are.</param>
/// <param name="IsOpenMpi">Whether it is Open MPI's; else the MPI library can be of either family.</param>
/// <param name="Variables">Who says so.</param>
internal sealed record Launcher(int Rank, int Ranks, bool IsOpenMpi, string Variables)
{
    /// <summary>
    /// Open MPI's own names; PMI's, of MPICH, Intel MPI, MVAPICH and Slurm's pmi2; MVAPICH's own; and PMIx's, which does not say
    /// how many there are, so that Slurm is asked.
    /// </summary>
    private static readonly (string Rank, string Ranks)[] Names =
    [
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("PMI_RANK", "PMI_SIZE"),
        ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
        ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"),
    ];

    /// <summary>Launchers that start processes without an MPI between them: by what they are known, and what to do.</summary>
    private static readonly (string Sign, string Ranks, string Way)[] Strangers =
    [
        ("SLURM_STEP_ID", "SLURM_STEP_NUM_TASKS", "ranks by srun --mpi=pmix (Open MPI) or --mpi=pmi2 (MPICH)"),
        ("TORCHELASTIC_RUN_ID", "WORLD_SIZE", "ranks by mpirun instead of torchrun"),
    ];

    /// <summary>Who started this process; null where it was nobody of that kind.</summary>
    /// <exception cref="InvalidDataException">What is said makes no sense.</exception>
    public static Launcher? Find() => Find(Environment.GetEnvironmentVariable);

    /// <inheritdoc cref="Find()"/>
    /// <param name="variable">The value of a variable.</param>
    public static Launcher? Find(Func<string, string?> variable)
    {
        foreach ((string rankName, string ranksName) in Names)
        {
            if (variable(rankName) is { } rank && variable(ranksName) is { } ranks)
            {
                return
                    int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                    && int.TryParse(ranks, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                    && index < count
                    ? new(index, count, rankName == Names[0].Rank, $"{rankName}={rank}, {ranksName}={ranks}")
                    : throw new InvalidDataException(
                        $"The environment says {rankName}={rank} and {ranksName}={ranks}, which is no rank among ranks; start "
                            + "cupola by mpirun or srun, or unset both variables."
                    );
            }
        }

        foreach ((string sign, string ranksName, string way) in Strangers)
        {
            if (
                variable(sign) is { Length: > 0 }
                && int.TryParse(variable(ranksName), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && count > 1
            )
            {
                throw new InvalidDataException(
                    Invariant($"This is one of {count} processes ({ranksName}={count}) that do not know of each other; ")
                        + $"start {way}, or one process."
                );
            }
        }

        return null;
    }
}
