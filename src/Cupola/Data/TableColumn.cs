using Cupola.Files;

namespace Cupola.Data;

/// <summary>A column of a table, with its possible names.</summary>
/// <param name="What">Its content, for error messages: "label".</param>
/// <param name="Names">Its possible names; the first that the table has counts.</param>
internal sealed record TableColumn(string What, params IReadOnlyList<string> Names)
{
    /// <summary>Files and addresses; open_clip's tables have filepath, Hugging Face's file_name, img2dataset's url.</summary>
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

    /// <summary>Whether a line may contain several texts, if the table's form allows it.</summary>
    public bool AllowsLists { get; private init; }

    /// <summary>Names that count if the table has none of the usual ones, and that error messages do not list.</summary>
    private IReadOnlyList<string> RarerNames { get; init; } = [];

    /// <summary>The index of the column among others, or -1. Case and separators (File Name, file-name) are ignored.</summary>
    public int Find(IReadOnlyList<string> columns)
    {
        string[] folded = [.. columns.Select(Fold)];
        return Names
            .Concat(RarerNames)
            .Select(name => Array.IndexOf(folded, Fold(name)))
            .FirstOrDefault(static index => index >= 0, -1);
    }

    /// <summary>The index of the column among others.</summary>
    /// <exception cref="InvalidDataException">The table does not have it.</exception>
    public int IndexAmong(IReadOnlyList<string> columns, string path) =>
        Find(columns) is >= 0 and int found
            ? found
            : throw new InvalidDataException(
                $"{path} has no column of {What}s ({string.Join(", ", Names)}); "
                    + $"its columns are {TextFile.Quote(string.Join(", ", columns))}."
            );

    private static string Fold(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
