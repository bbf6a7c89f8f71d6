using System.Globalization;
using System.Text.Json;
using Cupola.Files;
using Cupola.Images;
using static System.FormattableString;

namespace Cupola.Questions;

/// <summary>
/// Finds the images that questions name: by a path below the folder, by a file's name alone, or by a number as COCO's files have
/// it (<c>COCO_val2014_000000393225.jpg</c>, <c>000000393225.jpg</c>, <c>393225.png</c>). It remembers what it did not find.
/// </summary>
internal sealed class QuestionImages
{
    private static readonly string[] Beginnings = ["COCO_val2014_", "COCO_train2014_", "COCO_test2015_", ""];

    private readonly string _folder;
    private readonly ILookup<string, string> _byName;
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _shared = new(StringComparer.Ordinal);

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
        _byName = ImageFolder
            .Enumerate(folder)
            .ToLookup(static image => Path.GetFileNameWithoutExtension(image), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Why questions are left out, a sentence each: their image is missing, or could be one of several.</summary>
    public IEnumerable<string> NotFound
    {
        get
        {
            if (_missing.Count > 0)
            {
                yield return Invariant(
                    $"{_missing.Count} {(_missing.Count == 1 ? "image is" : "images are")} not in the folder, "
                ) + $"and {(_missing.Count == 1 ? "its" : "their")} questions are left out: {ShortList.Join([.. _missing])}.";
            }

            if (_shared.Count > 0)
            {
                (string name, string[] files) = _shared.First();
                yield return Invariant($"{_shared.Count} {(_shared.Count == 1 ? "name is" : "names are")} shared by several ")
                    + $"images, and the questions are left out: {ShortList.Join([.. _shared.Keys])}; {TextFile.Quote(name)} may "
                    + $"be {ShortList.Join(files)}. Name images by their paths below {_folder}.";
            }
        }
    }

    /// <summary>The file of an image; null where there is none, or more than one.</summary>
    /// <param name="name">A path, a file's name with or without extension, or COCO's number.</param>
    public string? Find(string name)
    {
        string path = Path.Combine(_folder, name);
        if (File.Exists(path))
        {
            return path;
        }

        string[] found = Named(name);
        if (found.Length == 1)
        {
            return found[0];
        }

        if (found.Length == 0)
        {
            _missing.Add(name);
        }
        else
        {
            _shared[name] = found;
        }

        return null;
    }

    /// <summary>The name of an image in JSON: a number or a text.</summary>
    public static string? NameOf(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.String => element.GetString(),
            _ => null,
        };

    /// <summary>The images that a name may mean.</summary>
    private string[] Named(string name)
    {
        if (name.AsSpan().ContainsAny('/', '\\'))
        {
            // The same name in another folder is another image; images/1.jpg may be asked about with the folder images.
            string end = "/" + name.Replace('\\', '/');
            return
            [
                .. _byName[Path.GetFileNameWithoutExtension(end)]
                    .Where(image => Path.GetFullPath(image).Replace('\\', '/').EndsWith(end, StringComparison.Ordinal)),
            ];
        }

        IEnumerable<string[]> ways =
        [
            .. Numbered(name).Select(stem => _byName[stem].ToArray()),
            [.. _byName[name]],
            .. ImageFolder.IsImage(name) ? [OfFile(name)] : (IEnumerable<string[]>)[],
        ];
        return ways.FirstOrDefault(static found => found.Length > 0, []);
    }

    private static IEnumerable<string> Numbered(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? Beginnings.Select(beginning => beginning + number.ToString("D12", CultureInfo.InvariantCulture))
            : [];

    /// <summary>Those of this name and ending or else, as images are often converted, of this name and any ending.</summary>
    private string[] OfFile(string name)
    {
        string[] converted = [.. _byName[Path.GetFileNameWithoutExtension(name)]],
            same = [.. converted.Where(image => Path.GetFileName(image).Equals(name, StringComparison.OrdinalIgnoreCase))];
        return same.Length > 0 ? same : converted;
    }
}
