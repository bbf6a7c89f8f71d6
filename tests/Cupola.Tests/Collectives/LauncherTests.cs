using Cupola.Collectives;

namespace Cupola.Tests.Collectives;

public sealed class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4 PMI_RANK=0 PMI_SIZE=1", 1, 4, true)]
    [InlineData("PMI_RANK=0 PMI_SIZE=2 PMI_FD=9", 0, 2, false)]
    [InlineData("MV2_COMM_WORLD_RANK=3 MV2_COMM_WORLD_SIZE=8", 3, 8, false)]
    [InlineData("PMIX_RANK=5 SLURM_STEP_NUM_TASKS=6 SLURM_PROCID=5", 5, 6, false)]
    public void EachLauncherSaysWhichOfHowManyAProcessIs(string variables, int rank, int ranks, bool isOpenMpi)
    {
        Launcher? launcher = Launcher.Find(Environment(variables));
        Assert.Equal((rank, ranks, isOpenMpi), (launcher?.Rank, launcher?.Ranks, launcher?.IsOpenMpi));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PATH=/usr/bin")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4")]
    [InlineData("PMIX_RANK=0")]
    [InlineData("SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1")]
    public void AProcessThatNoLauncherOfRanksStartedIsAlone(string variables) =>
        Assert.Null(Launcher.Find(Environment(variables)));

    [Theory]
    [InlineData("PMI_RANK=2 PMI_SIZE=2")]
    [InlineData("PMI_RANK=-1 PMI_SIZE=2")]
    [InlineData("PMI_RANK=one PMI_SIZE=2")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=0")]
    public void ARankThatIsNoneIsASentence(string variables) =>
        Assert.Contains(
            "is no rank among ranks; start cupola by mpirun or srun, or unset both variables.",
            Assert.Throws<InvalidDataException>(() => Launcher.Find(Environment(variables))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=1", "--mpi=pmix (Open MPI) or --mpi=pmi2 (MPICH), or")]
    [InlineData("TORCHELASTIC_RUN_ID=none RANK=1 WORLD_SIZE=4", "by mpirun instead of torchrun, or one process.")]
    public void ProcessesThatDoNotKnowOfEachOtherAreASentence(string variables, string sentence)
    {
        string message = Assert.Throws<InvalidDataException>(() => Launcher.Find(Environment(variables))).Message;
        Assert.StartsWith("This is one of 4 processes (", message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    private static Func<string, string?> Environment(string variables)
    {
        Dictionary<string, string> all = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static variable => variable.Split('='))
            .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        return name => all.GetValueOrDefault(name);
    }
}
