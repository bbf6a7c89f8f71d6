using System.Text.RegularExpressions;
using Cupola.Images;

namespace Cupola.Data;

/// <summary>
/// The images that a table names. A table may come from a stranger, so it must not cause connections to other machines: addresses
/// are downloaded only on request, and network shares are never opened.
/// </summary>
/// <param name="folder">The table's folder, to which its paths are relative.</param>
/// <param name="fetch">Whether http and https addresses are downloaded.</param>
internal sealed partial class TableImages(string folder, bool fetch)
{
    /// <summary>Ends the sentence about an address that is not downloaded.</summary>
    public const string FetchedIfAllowed = "addresses in a table are fetched only if that is allowed";

    /// <summary>Ends the sentence about what is neither a path nor an address that can be downloaded.</summary>
    public const string PathsOrAddresses =
        "a table names images by paths, or by http and https addresses if fetching those is allowed";

    /// <summary>The image that a line names; one that is not allowed fails when it is read, as an unreadable one does.</summary>
    public ImageSource Resolve(string named)
    {
        if (ImageAddress.IsAddress(named))
        {
            return fetch ? ImageSource.FromPath(named) : Refused(named, $"is an address, and {FetchedIfAllowed}");
        }

        if (Scheme().IsMatch(named))
        {
            return Refused(named, $"is not a path; {PathsOrAddresses}");
        }

        if (IsOnAnotherMachine(named))
        {
            return Refused(named, "lies on another machine, which no table may name; write paths relative to the table");
        }

        string path = Path.Combine(folder, named);
        if (!OperatingSystem.IsWindows() && named.Contains('\\') && !File.Exists(path))
        {
            string withSlashes = Path.Combine(folder, named.Replace('\\', '/'));
            path = File.Exists(withSlashes) ? withSlashes : path;
        }

        return ImageSource.FromPath(path);
    }

    /// <summary>Whether a path is a network share (\\host\share), in any of its forms on Windows.</summary>
    private static bool IsOnAnotherMachine(string path) =>
        path.StartsWith(@"\\", StringComparison.Ordinal)
        || (
            OperatingSystem.IsWindows()
            && (path.StartsWith(@"\??\", StringComparison.Ordinal) || path is ['\\' or '/', '\\' or '/', ..])
        );

    private static ImageSource Refused(string named, string why) =>
        new(named, _ => throw new InvalidDataException($"{named} {why}."));

    /// <summary>The beginning of a URI; a single letter is a Windows drive.</summary>
    [GeneratedRegex(
        @"^([a-z][a-z0-9+.\-]+://|file:)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Scheme();
}
