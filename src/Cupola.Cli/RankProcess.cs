using System.CommandLine;
using Cupola.Collectives;
using static System.FormattableString;

namespace Cupola.Cli;

/// <summary>
/// A verb in a process that is alone, or one of several that mpirun or the like started: then the first rank speaks for all, and
/// what goes wrong in one ends all.
/// </summary>
internal static class RankProcess
{
    /// <summary>
    /// How long another rank than the first waits before it speaks itself: most often the first has the same to say, and its
    /// launcher then ends the others.
    /// </summary>
    private static readonly TimeSpan Precedence = TimeSpan.FromSeconds(10);

    /// <summary>How long a launcher has to pass on a sentence.</summary>
    private static readonly TimeSpan Forwarding = TimeSpan.FromSeconds(1);

    /// <summary>Whether this process leaves talking to another one.</summary>
    public static bool IsSilent { get; } = FindLauncher() is { Rank: > 0 };

    /// <summary>Does the work of a verb.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="work">Does it, and gives the exit code; it need not know whether it is alone.</param>
    /// <param name="whenStopped">What is left of the work, where it was stopped before ranks could do so together.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static int Run(
        ParseResult parsed,
        Func<ICollective, int> work,
        string whenStopped,
        CancellationToken cancellationToken
    )
    {
        if (FindLauncher() is not { Ranks: > 1 })
        {
            using ICollective alone = Collective.Open();
            return work(alone);
        }

        ICollective? ranks = null;
        try
        {
            ranks = Collective.Open();
            int code = work(ranks);
            ranks.Dispose();
            return code;
        }
        catch (StoppedException) when (ranks is not null)
        {
            // All ranks stop behind the same step.
            ranks.Dispose();
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The others may wait for this one, and not have been asked.
            Console.Error.WriteLine(whenStopped);
            return End(ranks, ExitCode.Interrupted);
        }
        catch (Exception exception)
        {
            return Fail(ranks, exception, parsed.GetValue(CommandRunner.Verbose));
        }
    }

    private static int Fail(ICollective? ranks, Exception exception, bool verbose)
    {
        int? code = CommandRunner.CodeOf(exception);
        using StreamWriter error = new(Console.OpenStandardError()) { AutoFlush = true };
        if (IsSilent)
        {
            Thread.Sleep(Precedence);
            error.Write(Invariant($"Rank {FindLauncher()?.Rank} on {Environment.MachineName}: "));
        }

        if (code is null)
        {
            error.WriteLine(exception);
        }
        else
        {
            CommandRunner.WriteError(error, exception, verbose);
        }

        return End(ranks, code ?? ExitCode.Unusable);
    }

    private static int End(ICollective? ranks, int code)
    {
        // A launcher that is told to end all ranks may do so before it has passed on what they said.
        Thread.Sleep(Forwarding);
        ranks?.Abort(code);
        return code;
    }

    /// <summary>Who started this process; nobody, where the environment makes no sense, which the verb then says.</summary>
    private static Launcher? FindLauncher()
    {
        try
        {
            return Launcher.Find();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
