using System.Globalization;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>
/// WebDataset shards. A sample's label is its cls (a class's number or name), else the property "label" of its json, else its
/// txt. Numbers become names if class names are known.
/// </summary>
internal sealed class LabeledShards : LabeledImages
{
    /// <summary>
    /// Files of class names, one per line or a JSON list; CLIP_benchmark's datasets have the first in the folder above their
    /// shards.
    /// </summary>
    private static readonly string[] ClassNameFiles = ["classnames.txt", "classes.json"];

    private readonly IReadOnlyList<string> _shards;
    private readonly IReadOnlyList<string>? _classNames;

    public LabeledShards(string path, IReadOnlyList<string> shards, IReadOnlyList<string>? classNames)
        : base(path)
    {
        _shards = shards;
        _classNames = classNames ?? NamesBeside(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(shards[0]))!);
    }

    public override IEnumerable<LabeledImage> Read(ILogger? logger = null)
    {
        foreach (ShardSample sample in ShardSample.WithImages(_shards, logger))
        {
            (string? label, string? problem) = Label(sample);
            if (label is null)
            {
                logger?.Warn($"{sample.Name} {problem}.");
                continue;
            }

            yield return new(sample.Image!, label);
        }
    }

    private protected override IReadOnlyList<string> FindLabels() =>
        _classNames is null ? LabelsMet() : [.. _classNames.Distinct(StringComparer.Ordinal)];

    private (string? Label, string? Problem) Label(ShardSample sample)
    {
        if (sample.IsUnreadable("cls"))
        {
            return (null, "has a .cls that is not text in UTF-8");
        }

        (string? text, bool mayBeNumber) =
            sample.Text("cls") is { } cls ? (cls, true)
            : sample.Property("label") is { } named ? named
            : (sample.Text("txt"), false);
        string? label = text?.Trim();
        if (string.IsNullOrEmpty(label))
        {
            return (null, "has no label: a .cls, a .json with \"label\", or a .txt in UTF-8");
        }

        if (!mayBeNumber || _classNames is null || !label.All(char.IsAsciiDigit))
        {
            return (label, null);
        }

        return int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < _classNames.Count
            ? (_classNames[index], null)
            : (null, $"has class {TextFile.Quote(label)}, and there are {_classNames.Count} class names");
    }

    private static IReadOnlyList<string>? NamesBeside(string folder) =>
        new[] { folder, System.IO.Path.GetDirectoryName(folder) }
            .OfType<string>()
            .SelectMany(static folder => ClassNameFiles.Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
            is { } file
            ? TextFile.ReadList(file, "class names")
            : null;
}
