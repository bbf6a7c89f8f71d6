namespace Cupola.Cli;

/// <summary>The texts that a command line names.</summary>
internal static class TextArguments
{
    /// <summary>Each argument a text, or <c>-</c> for one a line on standard input.</summary>
    public static IEnumerable<string> Expand(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (argument != "-")
            {
                yield return argument;
                continue;
            }

            while (Console.In.ReadLine() is { } line)
            {
                yield return line;
            }
        }
    }
}
