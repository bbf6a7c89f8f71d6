using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>A line of a table.</summary>
/// <param name="Image">The image it names.</param>
/// <param name="Texts">What the other column says of it: one text, or several where a line may hold a list.</param>
internal sealed record TableRow(ImageSource Image, IReadOnlyList<string> Texts);

/// <summary>
/// A table with a column of images, whose paths are relative to the table's folder, and one of texts about them.
/// </summary>
internal abstract class ImageTable
{
    /// <summary>
    /// No path, label or caption is longer; a quotation mark that is never closed would swallow the whole file.
    /// </summary>
    protected const int MaximumFieldLength = 1 << 16;

    /// <summary>Linux takes no longer path, and no browser a longer address.</summary>
    private const int LongestPath = 4096;

    /// <summary>Some fields of the greatest length; a file without line ends would otherwise be read as one line.</summary>
    protected const int MaximumLineLength = 16 * MaximumFieldLength;

    private readonly TableImages _images;

    private protected ImageTable(string path, TableColumn texts, bool fetch)
    {
        Path = path;
        TextColumn = texts;
        _images = new(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, fetch);
    }

    /// <summary>The table's file.</summary>
    public string Path { get; }

    /// <summary>The column of texts.</summary>
    protected TableColumn TextColumn { get; }

    /// <summary>Whether a file is a table, which its name alone decides.</summary>
    public static bool IsTable(string path) =>
        System.IO.Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV" or ".TAB" or ".TXT" || IsJsonLines(path);

    /// <summary>Opens a table.</summary>
    /// <param name="path">Separated fields, or a JSON object a line, as its name says.</param>
    /// <param name="texts">The column wanted beside that of images.</param>
    /// <param name="fetch">Whether addresses in it are fetched.</param>
    /// <exception cref="InvalidDataException">It is none, or lacks a column; the message says which it has.</exception>
    public static ImageTable Open(string path, TableColumn texts, bool fetch) =>
        IsJsonLines(path) ? new JsonLines(path, texts, fetch) : new DelimitedTable(path, texts, fetch);

    /// <summary>Whether a file is a table with such a column and one of images.</summary>
    public static bool Has(string path, TableColumn texts)
    {
        try
        {
            Open(path, texts, fetch: false);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads the lines in order.</summary>
    /// <param name="broken">Told in one sentence of each line that had to be passed over.</param>
    public abstract IEnumerable<TableRow> Read(Action<string>? broken);

    /// <summary>A line's row, or null and a sentence to whoever wants to know.</summary>
    /// <param name="line">Where it stands, from 1.</param>
    /// <param name="image">The image's path or address.</param>
    /// <param name="texts">The texts; empty ones are left out.</param>
    /// <param name="broken">Told where a part is missing.</param>
    protected TableRow? Row(int line, string image, IEnumerable<string> texts, Action<string>? broken)
    {
        string file = Clean(image);
        string[] said = [.. texts.Select(Clean).Where(static text => text.Length > 0)];
        if (file.Length == 0 || said.Length == 0)
        {
            PassOver(line, $"its {(file.Length == 0 ? TableColumn.Image : TextColumn).What} is missing", broken);
            return null;
        }

        if (file.Length > LongestPath)
        {
            PassOver(line, Invariant($"its {TableColumn.Image.What} is longer than {LongestPath} letters"), broken);
            return null;
        }

        return new(_images.Resolve(file), said);
    }

    /// <summary>Tells of a line that cannot be used.</summary>
    protected void PassOver(int line, string problem, Action<string>? broken) =>
        broken?.Invoke(Invariant($"Line {line} of {Path} is passed over: {problem}."));

    private static bool IsJsonLines(string path) => System.IO.Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".NDJSON";

    private static string Clean(string text) => ForeignText.OneLine(text).Trim();
}
