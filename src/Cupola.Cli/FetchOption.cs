using System.CommandLine;

namespace Cupola.Cli;

/// <summary>The option that lets addresses in a dataset's table be fetched; a table may come from a stranger.</summary>
internal sealed class FetchOption
{
    private readonly Option<bool> _fetch = new("--fetch")
    {
        Description = "Fetch images whose http(s) addresses stand in a table; without it they are images that cannot be read.",
    };

    public void AddTo(Command command) => command.Options.Add(_fetch);

    public bool Read(ParseResult parsed) => parsed.GetValue(_fetch);
}
