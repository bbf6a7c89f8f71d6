using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Cupola.Training.Run;

namespace Cupola.Cli;

/// <summary>
/// Runs a verb: Ctrl-C and SIGTERM, by which schedulers and containers ask a process to end, cancel it, and what goes wrong
/// becomes one sentence and an exit code.
/// </summary>
internal static class CommandRunner
{
    /// <summary>The option of all verbs.</summary>
    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Show where in the program an error arose.", Recursive = true };

    public static int Invoke(RootCommand root, string[] arguments)
    {
        ParseResult parsed = Parse(root, arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(Sentence).Distinct(StringComparer.Ordinal))
            {
                Console.Error.WriteLine(message);
            }

            Console.Error.WriteLine($"See: cupola {string.Join(' ', [.. Path(parsed.CommandResult), "--help"])}");
            return ExitCode.WrongCommandLine;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>Reads a command line. A text may begin with @, which is otherwise taken for a file of arguments.</summary>
    public static ParseResult Parse(RootCommand root, string[] arguments) =>
        root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>What a command does, given its arguments and a way to be stopped.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Does it, and gives the exit code.</param>
    /// <param name="whenStopped">Says what is left of stopped work, if <paramref name="run"/> does not.</param>
    /// <param name="terminated">The exit code after SIGTERM.</param>
    public static void SetVerb(
        this Command command,
        Func<ParseResult, CancellationToken, int> run,
        Func<ParseResult, string>? whenStopped = null,
        int terminated = ExitCode.Terminated
    ) =>
        command.SetAction(parsed =>
        {
            using CancellationTokenSource stop = new();
            int stopped = ExitCode.Interrupted;
            // Asked a second time, the process ends at once.
            ConsoleCancelEventHandler cancel = (_, pressed) =>
            {
                pressed.Cancel = !stop.IsCancellationRequested;
                stop.Cancel();
            };
            Console.CancelKeyPress += cancel;
            using PosixSignalRegistration termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, asked =>
            {
                asked.Cancel = !stop.IsCancellationRequested;
                stopped = terminated;
                stop.Cancel();
            });
            try
            {
                return run(parsed, stop.Token);
            }
            catch (OperationCanceledException exception) when (stop.IsCancellationRequested)
            {
                Console.Error.WriteLine(
                    exception is StoppedException ? exception.Message : whenStopped?.Invoke(parsed) ?? "Stopped."
                );
                return stopped;
            }
            catch (Exception exception) when (CodeOf(exception) is not null)
            {
                WriteError(Console.Error, exception, parsed.GetValue(Verbose));
                return CodeOf(exception)!.Value;
            }
            finally
            {
                Console.CancelKeyPress -= cancel;
            }
        });

    /// <summary>Says what went wrong.</summary>
    public static void WriteError(TextWriter output, Exception exception, bool verbose)
    {
        // Where it arose takes several lines; what is wrong takes one, whatever stands in it.
        foreach (string line in verbose ? exception.ToString().Split(Environment.NewLine) : [Sentence(exception)])
        {
            output.WriteLine(line);
        }
    }

    /// <summary>The exit code for what went wrong; null where it is a mistake of the program.</summary>
    public static int? CodeOf(Exception exception) =>
        exception switch
        {
            ArgumentException => ExitCode.WrongCommandLine,
            IOException
            or InvalidDataException
            or UnauthorizedAccessException
            or HttpRequestException
            or PlatformNotSupportedException
            or TrainingDivergedException => ExitCode.Unusable,
            AggregateException several => several.InnerExceptions.Select(CodeOf).FirstOrDefault(static code => code is not null),
            _ => MachineFailure.Sentence(exception) is null ? null : ExitCode.Unusable,
        };

    /// <summary>What is wrong with a command line; the parser's own words for a value name types of the program.</summary>
    private static string Sentence(ParseError error) =>
        error.SymbolResult is OptionResult { Tokens: [{ Value: var given }] } option
        && error.Message.Contains("as expected type", StringComparison.Ordinal)
            ? $"{option.Option.Name} cannot be '{given}'."
            : error.Message;

    private static string Sentence(Exception exception) =>
        exception is AggregateException several
            ? Sentence(several.InnerExceptions.First(static each => CodeOf(each) is not null))
            : FailureSentence.Write(exception);

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. Path(parent), result.Command.Name] : [];
}
