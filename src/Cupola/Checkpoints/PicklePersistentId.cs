using System.Globalization;
using System.Text.RegularExpressions;

namespace Cupola.Checkpoints;

/// <summary>
/// Parses a persistent id, the name of data outside the pickle. PyTorch's is a tuple, ("storage", class, key, device, length);
/// protocol 0 can write it only as a line of text, which is the tuple as Python prints it.
/// </summary>
internal static partial class PicklePersistentId
{
    /// <summary>Names come from untrusted files; no valid one takes a regular expression this long.</summary>
    private const int MatchTimeoutMilliseconds = 1000;

    /// <summary>The tuple that a line represents, or the line itself if it represents none.</summary>
    public static object Parse(string line)
    {
        if (Printed().Match(line) is not { Success: true } match)
        {
            return line;
        }

        string storage = match.Groups["class"].Value;
        int dot = storage.LastIndexOf('.');
        long length = long.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture);
        return new object?[]
        {
            "storage",
            new PickleGlobal(storage[..dot], storage[(dot + 1)..]),
            match.Groups["key"].Value,
            "cpu",
            length,
        };
    }

    [GeneratedRegex(
        @"^\('storage', <class '(?<class>torch\.[\w.]+)'>, '(?<key>[^']+)', '[^']*', (?<length>\d{1,18})(, None)?\)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchTimeoutMilliseconds
    )]
    private static partial Regex Printed();
}
