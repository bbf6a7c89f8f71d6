using Cupola.Files;

namespace Cupola.Data;

/// <summary>A column of a table, whatever it is called.</summary>
/// <param name="What">What stands in it, for the sentence of an error: "label".</param>
/// <param name="Names">What it may be called; the first that is there counts.</param>
internal sealed record TableColumn(string What, params IReadOnlyList<string> Names)
{
    /// <summary>Files and addresses; open_clip's tables say filepath, Hugging Face's file_name, img2dataset's url.</summary>
    public static TableColumn Image { get; } =
        new("image", "image", "filepath", "path", "filename", "file_name")
        {
            RarerNames = ["image_path", "image_file", "img", "img_path", "file", "picture", "image_url", "url"],
        };

    /// <summary>Class names.</summary>
    public static TableColumn Label { get; } =
        new("label", "label", "class") { RarerNames = ["class_name", "label_name", "category"] };

    /// <summary>Sentences.</summary>
    public static TableColumn Caption { get; } =
        new("caption", "caption", "text", "title", "sentence")
        {
            AllowsLists = true,
            RarerNames = ["captions", "description", "prompt"],
        };

    /// <summary>Whether a line may hold several texts, where the table's form can say so.</summary>
    public bool AllowsLists { get; private init; }

    /// <summary>Names that count where none of the usual ones is there, and that no error lists.</summary>
    private IReadOnlyList<string> RarerNames { get; init; } = [];

    /// <summary>
    /// Where the column stands among others, or -1. Case and what stands between words (File Name, file-name) do not count.
    /// </summary>
    public int Find(IReadOnlyList<string> columns)
    {
        string[] folded = [.. columns.Select(Fold)];
        return Names
            .Concat(RarerNames)
            .Select(name => Array.IndexOf(folded, Fold(name)))
            .FirstOrDefault(static index => index >= 0, -1);
    }

    /// <summary>Where the column stands among others.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public int IndexAmong(IReadOnlyList<string> columns, string path) =>
        Find(columns) is >= 0 and int found
            ? found
            : throw new InvalidDataException(
                $"{path} has no column of {What}s ({string.Join(", ", Names)}); "
                    + $"its columns are {TextFile.Quote(string.Join(", ", columns))}."
            );

    private static string Fold(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
