using System.Text;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Cli;

/// <summary>
/// Standard output and error. Whatever is written to <see cref="Console"/> is for a person and is made harmless for a terminal;
/// what a program reads goes out as it is.
/// </summary>
internal static class StandardStreams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard output without a filter, for JSON, CSV and escape sequences of our own.</summary>
    public static TextWriter Output { get; private set; } = Console.Out;

    /// <summary>Standard error without a filter, for progress.</summary>
    public static TextWriter Error { get; private set; } = Console.Error;

    /// <summary>Writes what the library logs as lines of standard error.</summary>
    public static ILogger Log { get; } =
        new SentenceLogger(static sentence => Console.Error.WriteLine(FailureSentence.Write(sentence)));

    /// <summary>Lets both streams speak UTF-8, whatever the machine's language, and filters what a person reads.</summary>
    public static void Open()
    {
        // Open MPI gives each rank a terminal that no person looks at, and .NET would write to it what makes a terminal ready.
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK") is not null)
        {
            Environment.SetEnvironmentVariable("TERM", "dumb");
        }

        Console.OutputEncoding = Utf8;
        if (Console.IsInputRedirected)
        {
            Console.InputEncoding = Utf8;
        }

        (Output, Error) = (Console.Out, Console.Error);
        Console.SetOut(new HarmlessWriter(Output));
        Console.SetError(new HarmlessWriter(Error));
    }

    /// <summary>Leaves talking to another process.</summary>
    public static void Silence()
    {
        (Output, Error) = (TextWriter.Null, TextWriter.Null);
        Console.SetOut(Output);
        Console.SetError(Error);
    }
}
