using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cupola.Cli;

/// <summary>A command whose <c>--help</c> ends with examples.</summary>
/// <param name="name">What a person types.</param>
/// <param name="summary">One line, which the list of commands shows too.</param>
/// <param name="examples">
/// Command lines that can be tried as they stand, one a line; a line that begins with a space continues the one before.
/// </param>
internal sealed class CommandWithExamples(string name, string summary, string examples) : Command(name, summary)
{
    /// <summary>Command lines that can be tried.</summary>
    public IReadOnlyList<string> Examples { get; } = examples.Replace("\n ", " ", StringComparison.Ordinal).Split('\n');

    /// <summary>Makes <c>--help</c> show each command's examples below what it says anyway.</summary>
    /// <param name="root">The command of all commands.</param>
    /// <param name="rootExamples">The examples of its own help.</param>
    public static void ShowExamples(RootCommand root, string rootExamples)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpThenExamples((HelpAction)help.Action!, rootExamples);
    }

    private sealed class HelpThenExamples(HelpAction help, string rootExamples) : SynchronousCommandLineAction
    {
        /// <summary>Who asks for help need not have given all arguments.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            foreach (DeviceOption device in parseResult.CommandResult.Command.Options.OfType<DeviceOption>())
            {
                device.Describe();
            }

            int code = help.Invoke(parseResult);
            IReadOnlyList<string> examples = parseResult.CommandResult.Command is CommandWithExamples command
                ? command.Examples
                : rootExamples.Split('\n');
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine($"  {example}");
            }

            return code;
        }
    }
}
