using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cupola.Cli;

/// <summary>Runs a verb: Ctrl-C cancels it, and what goes wrong becomes one sentence and an exit code.</summary>
internal static class Verb
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where in the program an error arose.", Recursive = true };

    public static int Invoke(RootCommand root, string[] arguments)
    {
        root.Options.Add(Verbose);
        // A text may begin with @, which is otherwise read as the name of a file of arguments.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        string[] errors = [.. parsed.Errors.Select(Sentence).Concat(Numbers(parsed.CommandResult)).Distinct(StringComparer.Ordinal)];
        if (errors.Length > 0)
        {
            foreach (string message in errors)
            {
                Console.Error.WriteLine(message);
            }

            Console.Error.WriteLine($"See: cupola {string.Join(' ', Path(parsed.CommandResult))} --help".Replace("  ", " ", StringComparison.Ordinal));
            return ExitCode.WrongCommandLine;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>What a command does, given its arguments and a way to be stopped.</summary>
    public static void SetVerb(this Command command, Func<ParseResult, CancellationToken, int> run) => command.SetAction(parsed =>
    {
        using CancellationTokenSource stop = new();
        ConsoleCancelEventHandler cancel = (_, pressed) =>
        {
            // A second Ctrl-C ends the process at once.
            pressed.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += cancel;
        try
        {
            return run(parsed, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (CodeOf(exception) is not null)
        {
            Console.Error.WriteLine(parsed.GetValue(Verbose) ? exception.ToString() : Sentence(exception));
            return CodeOf(exception)!.Value;
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    });

    /// <summary>Numbers that would be read otherwise than they are meant, a comma as nothing at all, and numbers without end.</summary>
    private static IEnumerable<string> Numbers(CommandResult command) =>
        from option in command.Children.OfType<OptionResult>()
        let type = Nullable.GetUnderlyingType(option.Option.ValueType) ?? option.Option.ValueType
        where type == typeof(double) || type == typeof(float)
        from given in option.Tokens
        where !double.TryParse(given.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number)
        select $"{option.Option.Name} is a number, and not '{given.Value}'.";

    /// <summary>What is wrong with a command line; of a value that cannot be read, in words for what it was to be.</summary>
    private static string Sentence(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Tokens: [{ Value: string given }] } option)
        {
            return error.Message;
        }

        Type type = Nullable.GetUnderlyingType(option.Option.ValueType) ?? option.Option.ValueType;
        string? wanted = type switch
        {
            { IsEnum: true } when !Enum.TryParse(type, given, ignoreCase: true, out _) => string.Join(" or ", Enum.GetNames(type)).ToLowerInvariant(),
            _ when (type == typeof(int) || type == typeof(long)) && !long.TryParse(given, CultureInfo.InvariantCulture, out _) => "a whole number",
            _ when (type == typeof(double) || type == typeof(float)) && !double.TryParse(given, CultureInfo.InvariantCulture, out _) => "a number",
            _ => null,
        };
        return wanted is null ? error.Message : $"{option.Option.Name} is {wanted}, and not '{given}'.";
    }

    private static int? CodeOf(Exception exception) => exception switch
    {
        ArgumentException => ExitCode.WrongCommandLine,
        IOException or InvalidDataException or UnauthorizedAccessException or HttpRequestException or PlatformNotSupportedException => ExitCode.Unusable,
        AggregateException several => several.InnerExceptions.Select(CodeOf).FirstOrDefault(static code => code is not null),
        _ => MachineFailure.Sentence(exception) is null ? null : ExitCode.Unusable,
    };

    private static string Sentence(Exception exception) => exception is AggregateException several
        ? Sentence(several.InnerExceptions.First(static each => CodeOf(each) is not null))
        : MachineFailure.Sentence(exception) ?? exception.Message;

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. Path(parent), result.Command.Name] : [];
}
