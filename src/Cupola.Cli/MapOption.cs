using System.CommandLine;
using Cupola.Maps;
using Cupola.Models;

namespace Cupola.Cli;

/// <summary>The option that says how maps that are shown come about.</summary>
internal sealed class MapOption
{
    private static readonly IReadOnlyDictionary<string, MapKind> Names = Enum.GetValues<MapKind>()
        .ToDictionary(MapEncoder.NameOf, static kind => kind, StringComparer.OrdinalIgnoreCase);

    private readonly Option<MapKind> _map = new("--map")
    {
        Description =
            "How the map that is shown is made: exact (what each place contributed; the default), naclip or value (what each "
            + "place shows by itself).",
        HelpName = string.Join('|', Names.Keys),
        CustomParser = static given =>
        {
            string name = given.Tokens is [{ Value: var value }] ? value : "";
            if (!Names.TryGetValue(name, out MapKind kind))
            {
                given.AddError($"--map is exact, naclip or value, and not '{name}'.");
            }

            return kind;
        },
    };

    public void AddTo(Command command) => command.Options.Add(_map);

    /// <summary>Whether one was named.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetResult(_map) is not null;

    /// <summary>The one that was named, or the exact one, which points best (docs/explain.md).</summary>
    public MapKind Read(ParseResult parsed) => parsed.GetValue(_map);
}
