using System.CommandLine;

namespace Cupola.Cli;

/// <summary>An option that names a page to write when everything is done.</summary>
/// <param name="name">As it is typed.</param>
/// <param name="description">What is on the page.</param>
internal sealed class PageOption(string name, string description)
{
    private readonly Option<string> _page = new(name) { Description = description, HelpName = "FILE.html" };

    public void AddTo(Command command) => command.Options.Add(_page);

    /// <summary>
    /// Where the page goes, if one is wanted. That it can go there is seen to now, and not after hours of work.
    /// </summary>
    public string? Read(ParseResult parsed) =>
        parsed.GetValue(_page) switch
        {
            null => null,
            { } page when Directory.Exists(page) => throw new ArgumentException(
                $"{_page.Name} {page} is a folder; name a file in it."
            ),
            { } page when Path.GetDirectoryName(Path.GetFullPath(page)) is { } folder && !Directory.Exists(folder) =>
                throw new ArgumentException($"There is no folder {folder} to write {_page.Name} into; make it first."),
            { } page => page,
        };
}
