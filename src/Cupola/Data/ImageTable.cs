using Cupola.Files;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>A line of a table.</summary>
/// <param name="Image">The image it names.</param>
/// <param name="Texts">The other column's content: one text, or several if a line may contain a list.</param>
internal sealed record TableRow(ImageSource Image, IReadOnlyList<string> Texts);

/// <summary>
/// A table with a column of images, whose paths are relative to the table's folder, and one of texts about them.
/// </summary>
internal abstract class ImageTable
{
    /// <summary>
    /// The longest field; no path, label or caption is longer, and a quotation mark that is never closed would take in the whole
    /// file.
    /// </summary>
    protected const int MaximumFieldLength = 1 << 16;

    /// <summary>The longest path on Linux, and the longest address in browsers.</summary>
    private const int LongestPath = 4096;

    /// <summary>Several fields of the greatest length; a file without line ends would otherwise be read as one line.</summary>
    protected const int MaximumLineLength = 16 * MaximumFieldLength;

    private readonly TableImages _images;

    private protected ImageTable(string path, TableColumn subject, TableColumn texts, bool fetch)
    {
        Path = path;
        SubjectColumn = subject;
        TextColumn = texts;
        _images = new(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, fetch);
    }

    /// <summary>The table's file.</summary>
    public string Path { get; }

    /// <summary>The column that each line is about.</summary>
    protected TableColumn SubjectColumn { get; }

    /// <summary>The column of texts.</summary>
    protected TableColumn TextColumn { get; }

    /// <summary>Whether a file is a table, by its name alone.</summary>
    public static bool IsTable(string path) =>
        System.IO.Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV" or ".TAB" or ".TXT" || IsJsonLines(path);

    /// <summary>Opens a table.</summary>
    /// <param name="path">Separated fields, or a JSON object per line, according to its extension.</param>
    /// <param name="texts">The column required in addition to that of images.</param>
    /// <param name="fetch">Whether addresses in it are downloaded.</param>
    /// <exception cref="InvalidDataException">It is not a table, or lacks a column; the message lists its columns.</exception>
    public static ImageTable Open(string path, TableColumn texts, bool fetch) => Open(path, TableColumn.Image, texts, fetch);

    /// <summary>Opens a table of which only the images count; each is its own text.</summary>
    public static ImageTable OpenImages(string path, bool fetch) => Open(path, TableColumn.Image, TableColumn.Image, fetch);

    /// <summary>Opens a table of which only the captions count; it need not name images, and no row has one.</summary>
    public static ImageTable OpenCaptions(string path) => Open(path, TableColumn.Caption, TableColumn.Caption, fetch: false);

    private static ImageTable Open(string path, TableColumn subject, TableColumn texts, bool fetch) =>
        IsJsonLines(path) ? new JsonLines(path, subject, texts, fetch) : new DelimitedTable(path, subject, texts, fetch);

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
    /// <param name="logger">Receives a sentence for each skipped line.</param>
    public abstract IEnumerable<TableRow> Read(ILogger? logger);

    /// <summary>Makes a row from a line; null, with a note, if a part is missing.</summary>
    /// <param name="line">The line number, from 1.</param>
    /// <param name="image">The image's path or address.</param>
    /// <param name="texts">The texts; empty ones are omitted.</param>
    /// <param name="logger">Receives a sentence if a part is missing.</param>
    protected TableRow? Row(int line, string image, IEnumerable<string> texts, ILogger? logger)
    {
        string file = Clean(image);
        string[] said = [.. texts.Select(Clean).Where(static text => text.Length > 0)];
        if (file.Length == 0 || said.Length == 0)
        {
            PassOver(line, $"its {(file.Length == 0 ? SubjectColumn : TextColumn).What} is missing", logger);
            return null;
        }

        if (SubjectColumn == TableColumn.Image && file.Length > LongestPath)
        {
            PassOver(line, Invariant($"its {TableColumn.Image.What} is longer than {LongestPath} letters"), logger);
            return null;
        }

        return new(_images.Resolve(file), said);
    }

    /// <summary>Reports a line that is skipped.</summary>
    protected void PassOver(int line, string problem, ILogger? logger) =>
        logger?.Warn(Invariant($"Line {line} of {Path} is skipped: {problem}."));

    private static bool IsJsonLines(string path) => System.IO.Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".NDJSON";

    private static string Clean(string text) => ForeignText.OneLine(text).Trim();
}
