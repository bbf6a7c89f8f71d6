namespace Cupola.Cli;

/// <summary>What the command says to whoever started it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Some inputs failed; the rest is done and printed.</summary>
    public const int SomeFailed = 1;

    public const int WrongCommandLine = 2;

    /// <summary>The model, a prompt file or another thing that everything depends on cannot be used.</summary>
    public const int Unusable = 3;

    /// <summary>128 and the number of the interrupt signal, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>128 and the number of SIGTERM, by which schedulers and containers ask a process to end.</summary>
    public const int Terminated = 143;
}
