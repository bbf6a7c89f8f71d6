using Cupola.Images;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>A column of a table, whatever it is called.</summary>
/// <param name="What">What stands in it, for the sentence of an error: "label".</param>
/// <param name="Names">What it may be called, in large or small letters; the first that is there counts.</param>
internal sealed record TableColumn(string What, params IReadOnlyList<string> Names)
{
    /// <summary>Files and addresses; open_clip's tables say filepath, Hugging Face's file_name.</summary>
    public static TableColumn Picture { get; } = new("picture", "image", "filepath", "path", "filename", "file_name");

    /// <summary>Class names.</summary>
    public static TableColumn Label { get; } = new("label", "label", "class");

    /// <summary>Sentences.</summary>
    public static TableColumn Caption { get; } = new("caption", "caption", "text", "title", "sentence") { AllowsLists = true };

    /// <summary>Whether a line may hold several texts, where the table's form can say so.</summary>
    public bool AllowsLists { get; private init; }

    /// <summary>Where the column stands among others.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public int IndexAmong(IReadOnlyList<string> columns, string path) =>
        Names.Select(name => columns.Index().Where(column => column.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static column => column.Index).FirstOrDefault(-1))
            .FirstOrDefault(static place => place >= 0, -1) is >= 0 and int found
            ? found
            : throw new InvalidDataException($"{path} has no column of {What}s ({string.Join(", ", Names)}); its columns are {TextFile.Quote(string.Join(", ", columns))}.");
}

/// <summary>A line of a table.</summary>
/// <param name="Picture">The picture it names.</param>
/// <param name="Texts">What the other column says of it: one text, or several where a line may hold a list.</param>
internal sealed record TableRow(PictureSource Picture, IReadOnlyList<string> Texts);

/// <summary>A table with a column of pictures, whose paths are relative to the table's folder, and one of texts about them.</summary>
internal abstract class PictureTable
{
    /// <summary>No path, label or caption is longer; a quotation mark that is never closed would swallow the whole file.</summary>
    protected const int MaximumFieldLength = 1 << 16;

    private readonly string _folder;

    private protected PictureTable(string path, TableColumn texts)
    {
        Path = path;
        TextColumn = texts;
        _folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
    }

    /// <summary>The table's file.</summary>
    public string Path { get; }

    /// <summary>The column of texts.</summary>
    protected TableColumn TextColumn { get; }

    /// <summary>Whether a file is a table, which its name alone decides.</summary>
    public static bool IsTable(string path) => System.IO.Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV" or ".JSONL";

    /// <summary>Opens a table.</summary>
    /// <param name="path">CSV, TSV, or a JSON object a line, as its name says.</param>
    /// <param name="texts">The column wanted beside that of pictures.</param>
    /// <exception cref="InvalidDataException">It is none, or lacks a column; the message says which it has.</exception>
    public static PictureTable Open(string path, TableColumn texts) =>
        System.IO.Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase) ? new JsonLines(path, texts) : new DelimitedTable(path, texts);

    /// <summary>Reads the lines in order.</summary>
    /// <param name="broken">Told in one sentence of each line that had to be passed over.</param>
    public abstract IEnumerable<TableRow> Read(Action<string>? broken);

    /// <summary>A line's row, or null and a sentence to whoever wants to know.</summary>
    /// <param name="line">Where it stands, from 1.</param>
    /// <param name="picture">The picture's path or address.</param>
    /// <param name="texts">The texts; empty ones are left out.</param>
    /// <param name="broken">Told where a part is missing.</param>
    protected TableRow? Row(int line, string picture, IEnumerable<string> texts, Action<string>? broken)
    {
        string file = Clean(picture);
        string[] said = [.. texts.Select(Clean).Where(static text => text.Length > 0)];
        if (file.Length == 0 || said.Length == 0)
        {
            PassOver(line, $"its {(file.Length == 0 ? TableColumn.Picture : TextColumn).What} is missing", broken);
            return null;
        }

        return new(PictureSource.Of(PictureAddress.IsAddress(file) ? file : System.IO.Path.Combine(_folder, file)), said);
    }

    /// <summary>Tells of a line that cannot be used.</summary>
    protected void PassOver(int line, string problem, Action<string>? broken) => broken?.Invoke(Invariant(
        $"Line {line} of {Path} is passed over: {problem}."));

    private static string Clean(string text) => TextFile.OneLine(text).Trim();
}
