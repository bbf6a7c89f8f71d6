using System.Text;
using Spectre.Console;

namespace Cupola.Cli;

/// <summary>A standard stream for Spectre.Console, which knows only <see cref="Console"/>'s own writers as terminals.</summary>
/// <param name="writer">The stream without a filter.</param>
/// <param name="isTerminal">Whether a person looks at it.</param>
internal sealed class TerminalOutput(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
{
    private readonly AnsiConsoleOutput _output = new(writer);

    public TextWriter Writer => writer;

    public bool IsTerminal => isTerminal;

    public int Width => _output.Width;

    public int Height => _output.Height;

    public void SetEncoding(Encoding encoding)
    {
        // Both streams are UTF-8.
    }
}
