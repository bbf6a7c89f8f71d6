using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cupola.Cli;

/// <summary>The option that says in what numbers networks run.</summary>
internal sealed class PrecisionOption : Option<Precision>
{
    /// <summary>What the command line calls them.</summary>
    private static readonly Dictionary<string, Precision> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["float32"] = Precision.Float32,
        ["int8"] = Precision.Int8,
    };

    /// <summary>An option of a verb that runs models.</summary>
    /// <param name="refusal">Why a verb has no other than float32, where it has none.</param>
    public PrecisionOption(string? refusal = null)
        : base("--precision")
    {
        Description = refusal is null
            ? "float32 (the default), or int8: two to three times as fast, and close to it (see inspect model)."
            : "float32, the only one of this verb.";
        HelpName = refusal is null ? "float32|int8" : "float32";
        CustomParser = given =>
        {
            Precision precision = Read(given);
            if (refusal is not null && precision != Precision.Float32)
            {
                given.AddError(refusal);
            }

            return precision;
        };
    }

    private static Precision Read(ArgumentResult given)
    {
        string name = given.Tokens is [{ Value: var value }] ? value : "";
        if (!Names.TryGetValue(name, out Precision precision))
        {
            given.AddError($"--precision is float32 or int8, and not '{name}'.");
        }

        return precision;
    }
}
