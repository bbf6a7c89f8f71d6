using System.Globalization;
using System.Text.Json;
using Cupola.Images;

namespace Cupola.Questions;

/// <summary>
/// Finds the images that questions name: by a path below the folder, or by a number as COCO's files have it
/// (<c>COCO_val2014_000000393225.jpg</c>, <c>000000393225.jpg</c>, <c>393225.png</c>).
/// </summary>
internal sealed class QuestionImages
{
    private static readonly string[] Beginnings = ["COCO_val2014_", "COCO_train2014_", "COCO_test2015_", ""];

    private readonly string _folder;
    private readonly Dictionary<string, string> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists the images below a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public QuestionImages(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                File.Exists(folder)
                    ? $"{folder} is a file, and questions need the folder of their images."
                    : $"There is no folder {folder}."
            );
        }

        _folder = folder;
        foreach (string image in ImageFolder.Enumerate(folder))
        {
            _byName.TryAdd(Path.GetFileNameWithoutExtension(image), image);
        }
    }

    /// <summary>The file of an image, or null.</summary>
    /// <param name="name">A path, a file's name with or without extension, or COCO's number.</param>
    public string? Find(string name)
    {
        string path = Path.Combine(_folder, name);
        return File.Exists(path) ? path
            : long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && Beginnings
                .Select(beginning => _byName.GetValueOrDefault(beginning + number.ToString("D12", CultureInfo.InvariantCulture)))
                .FirstOrDefault(static found => found is not null)
                is { } numbered
                ? numbered
            : _byName.GetValueOrDefault(name) ?? _byName.GetValueOrDefault(Path.GetFileNameWithoutExtension(name));
    }

    /// <summary>The name of an image in JSON: a number or a text.</summary>
    public static string? NameOf(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.String => element.GetString(),
            _ => null,
        };
}
