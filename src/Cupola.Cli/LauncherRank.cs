using System.Globalization;

namespace Cupola.Cli;

/// <summary>Which of several processes this is, as the variables say that a launcher or a scheduler set.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">How many there are; null where the launcher does not pass it.</param>
/// <param name="Source">The variables, with their values.</param>
internal sealed record LauncherRank(int Index, int? Count, string Source)
{
    /// <summary>
    /// Reads the variables. A launcher within a job counts the job's processes (torchrun, Open MPI, PMI, a step of Slurm, PMIx);
    /// an array of Slurm or an indexed job of Kubernetes around it multiplies them. RANK and WORLD_SIZE without torchrun's
    /// TORCHELASTIC_RUN_ID count only where nothing else does, because their names are anyone's.
    /// </summary>
    /// <param name="variable">A variable's value, or null.</param>
    /// <returns>Null where no launcher set any.</returns>
    /// <exception cref="ArgumentException">The variables make no sense; the sentence says which.</exception>
    public static LauncherRank? Read(Func<string, string?> variable)
    {
        Variables variables = new(variable);
        if (variables.Has("TORCHELASTIC_RUN_ID"))
        {
            return variables.Pair("RANK", "WORLD_SIZE");
        }

        LauncherRank? within = variables.Pair("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
            ?? variables.Pair("PMI_RANK", "PMI_SIZE")
            // A batch script has these two as well, of the allocation, and is one process.
            ?? (variables.Has("SLURM_STEP_ID") ? variables.Pair("SLURM_PROCID", "SLURM_NTASKS") : null)
            ?? variables.Alone("PMIX_RANK");
        LauncherRank? around = variables.SlurmArray() ?? variables.Alone("JOB_COMPLETION_INDEX");
        return (within, around) switch
        {
            (null, null) => variables.Pair("RANK", "WORLD_SIZE"),
            (_, null) => within,
            (null, _) => around,
            ({ Count: { } processes }, _) => new(
                checked((around.Index * processes) + within.Index),
                around.Count * processes,
                $"{around.Source}, {within.Source}"
            ),
            _ => throw new ArgumentException(
                $"{within.Source} does not say how many processes there are in each of {around.Source}; say by --shard i/n which "
                    + "this is."
            ),
        };
    }

    private sealed class Variables(Func<string, string?> variable)
    {
        public bool Has(string name) => !string.IsNullOrEmpty(variable(name));

        /// <summary>An index without a count.</summary>
        public LauncherRank? Alone(string name) => Has(name) ? new(Number(name), null, Said(name)) : null;

        /// <summary>An index and a count.</summary>
        public LauncherRank? Pair(string rank, string size)
        {
            if (!Has(rank) && !Has(size))
            {
                return null;
            }

            RequireAll([rank, size]);
            return Checked(Number(rank), Number(size), $"{Said(rank)}, {Said(size)}");
        }

        /// <summary>Ids of an array begin anywhere and may have a distance.</summary>
        public LauncherRank? SlurmArray()
        {
            const string id = "SLURM_ARRAY_TASK_ID",
                first = "SLURM_ARRAY_TASK_MIN",
                count = "SLURM_ARRAY_TASK_COUNT",
                step = "SLURM_ARRAY_TASK_STEP";
            if (!Has(id))
            {
                return null;
            }

            RequireAll([id, first, count]);
            int distance = Has(step) ? Number(step) : 1,
                place = Number(id) - Number(first);
            string said = $"{Said(id)}, {Said(first)}, {Said(count)}{(distance == 1 ? "" : $", {Said(step)}")}";
            return distance > 0 && place >= 0 && place % distance == 0 && place / distance < Number(count)
                ? new(place / distance, Number(count), said)
                : throw new ArgumentException(
                    $"{said} are not the ids of an array at equal distances; say by --shard i/n which process this is."
                );
        }

        private static LauncherRank Checked(int index, int count, string said) =>
            index < count
                ? new(index, count, said)
                : throw new ArgumentException(
                    $"{said} makes no sense: ranks count from 0 to one less than their number; unset them, or say by --shard i/n "
                        + "which process this is."
                );

        private void RequireAll(string[] names)
        {
            string[] missing = [.. names.Where(name => !Has(name))];
            if (missing.Length > 0)
            {
                throw new ArgumentException(
                    $"{string.Join(", ", names.Where(Has).Select(Said))} is set and {string.Join(", ", missing)} is not; set "
                        + "both, unset both, or say by --shard i/n which process this is."
                );
            }
        }

        private int Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new ArgumentException(
                    $"{Said(name)} is no number from 0; unset it, or say by --shard i/n which process this is."
                );

        private string Said(string name) => $"{name}={HarmlessText.Clean(variable(name)!)}";
    }
}
