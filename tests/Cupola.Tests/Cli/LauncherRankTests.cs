using Cupola.Cli;

namespace Cupola.Tests.Cli;

/// <summary>Which process of how many this is, as the variables of launchers say.</summary>
public sealed class LauncherRankTests
{
    [Theory]
    [InlineData(2, 8, "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=8")]
    [InlineData(0, 3, "PMI_RANK=0 PMI_SIZE=3")]
    [InlineData(5, 6, "SLURM_STEP_ID=0 SLURM_PROCID=5 SLURM_NTASKS=6")]
    [InlineData(1, 4, "RANK=1 WORLD_SIZE=4")]
    [InlineData(3, 16, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=16")]
    [InlineData(15, 16, "SLURM_ARRAY_TASK_ID=16 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=16 SLURM_ARRAY_TASK_STEP=1")]
    [InlineData(2, 4, "SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_STEP=4")]
    public void EachLauncherHasItsVariables(int index, int count, string variables)
    {
        LauncherRank rank = Read(variables)!;

        Assert.Equal((index, count), (rank.Index, rank.Count));
        Assert.All(variables.Split(' ').Where(static each => !each.StartsWith("SLURM_STEP_ID", StringComparison.Ordinal)), each =>
            Assert.True(each == "SLURM_ARRAY_TASK_STEP=1" || rank.Source.Contains(each, StringComparison.Ordinal), rank.Source)
        );
    }

    [Fact]
    public void WithoutVariablesThereIsNoRank() => Assert.Null(Read(""));

    /// <summary>A batch script has the numbers of its allocation, and is one process.</summary>
    [Fact]
    public void AScriptThatSlurmStartedIsOneProcess() => Assert.Null(Read("SLURM_PROCID=0 SLURM_NTASKS=8 SLURM_JOB_ID=7"));

    [Theory]
    [InlineData(5, 8, "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=4")]
    [InlineData(5, 8, "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4")]
    [InlineData(5, 8, "PMI_RANK=1 PMI_SIZE=4 SLURM_PROCID=0 SLURM_NTASKS=4")]
    public void TasksOfAnArrayWithSeveralProcessesAreMultiplied(int index, int count, string variables)
    {
        LauncherRank rank = Read($"SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=2 {variables}")!;

        Assert.Equal((index, count), (rank.Index, rank.Count));
    }

    /// <summary>mpirun and torchrun start by srun what starts their own processes on each node.</summary>
    [Theory]
    [InlineData(3, 4, "OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2")]
    [InlineData(3, 4, "TORCHELASTIC_RUN_ID=a RANK=3 WORLD_SIZE=4 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2")]
    [InlineData(1, 2, "RANK=7 WORLD_SIZE=4 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2")]
    public void TheInnermostLauncherCounts(int index, int count, string variables)
    {
        LauncherRank rank = Read(variables)!;

        Assert.Equal((index, count), (rank.Index, rank.Count));
    }

    [Theory]
    [InlineData("JOB_COMPLETION_INDEX=3")]
    [InlineData("PMIX_RANK=3")]
    public void SomeDoNotSayHowManyThereAre(string variables)
    {
        LauncherRank rank = Read(variables)!;

        Assert.Equal((3, null), (rank.Index, rank.Count));
    }

    [Fact]
    public void AnIndexedJobMultipliesItsProcesses()
    {
        LauncherRank rank = Read("JOB_COMPLETION_INDEX=3 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2")!;

        Assert.Equal((7, null), (rank.Index, rank.Count));
    }

    [Theory]
    [InlineData("RANK=4 WORLD_SIZE=4", "makes no sense")]
    [InlineData("RANK=0 WORLD_SIZE=0", "makes no sense")]
    [InlineData("RANK=one WORLD_SIZE=4", "RANK=one is no number")]
    [InlineData("PMI_RANK=-1 PMI_SIZE=4", "PMI_RANK=-1 is no number")]
    [InlineData("RANK=99999999999 WORLD_SIZE=4", "is no number")]
    [InlineData("OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE is not")]
    [InlineData("WORLD_SIZE=4", "RANK is not")]
    [InlineData("SLURM_STEP_ID=0 SLURM_PROCID=1", "SLURM_NTASKS is not")]
    [InlineData("SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_MIN, SLURM_ARRAY_TASK_COUNT is not")]
    [InlineData("SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_COUNT=3", "at equal distances")]
    [InlineData("SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_COUNT=3", "at equal distances")]
    [InlineData("JOB_COMPLETION_INDEX=one", "JOB_COMPLETION_INDEX=one is no number")]
    [InlineData("JOB_COMPLETION_INDEX=1 PMIX_RANK=0", "does not say how many")]
    public void NonsenseIsASentenceThatNamesTheVariable(string variables, string sentence)
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => Read(variables));

        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.Contains("--shard i/n", problem.Message, StringComparison.Ordinal);
    }

    private static LauncherRank? Read(string variables)
    {
        Dictionary<string, string> values = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static each => each.Split('='))
            .ToDictionary(static each => each[0], static each => each[1], StringComparer.Ordinal);
        return LauncherRank.Read(values.GetValueOrDefault);
    }
}
