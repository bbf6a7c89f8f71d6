using System.Text.RegularExpressions;
using Cupola.Images;

namespace Cupola.Data;

/// <summary>
/// The images that a table names. Whoever wrote the table may be a stranger, so nothing in it has another machine called:
/// addresses are fetched only where that was asked for, and a share of another machine never is.
/// </summary>
/// <param name="folder">The table's, which its paths are relative to.</param>
/// <param name="fetch">Whether http and https addresses are fetched.</param>
internal sealed partial class TableImages(string folder, bool fetch)
{
    /// <summary>The image that a line names; one that may not be had fails when it is read, as a broken one does.</summary>
    public ImageSource Resolve(string named)
    {
        if (ImageAddress.IsAddress(named))
        {
            return fetch
                ? ImageSource.FromPath(named)
                : Refused(named, "is an address, and addresses in a table are fetched with --fetch only");
        }

        if (Scheme().IsMatch(named))
        {
            return Refused(named, "is no path; a table names images by paths, or with --fetch by http and https addresses");
        }

        if (IsOnAnotherMachine(named))
        {
            return Refused(named, "lies on another machine, which no table may name; write paths relative to the table");
        }

        string path = Path.Combine(folder, named);
        if (!OperatingSystem.IsWindows() && named.Contains('\\') && !File.Exists(path))
        {
            string turned = Path.Combine(folder, named.Replace('\\', '/'));
            path = File.Exists(turned) ? turned : path;
        }

        return ImageSource.FromPath(path);
    }

    /// <summary>Whether a path is a share (\\host\share), in any of the forms that Windows knows.</summary>
    private static bool IsOnAnotherMachine(string path) =>
        path.StartsWith(@"\\", StringComparison.Ordinal)
        || (
            OperatingSystem.IsWindows()
            && (path.StartsWith(@"\??\", StringComparison.Ordinal) || path is ['\\' or '/', '\\' or '/', ..])
        );

    private static ImageSource Refused(string named, string why) =>
        new(named, _ => throw new InvalidDataException($"{named} {why}."));

    /// <summary>The beginning of a URI; a single letter is a drive of Windows.</summary>
    [GeneratedRegex(
        @"^([a-z][a-z0-9+.\-]+://|file:)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Scheme();
}
