using Cupola.Files;
using Cupola.Images;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>
/// A folder with one folder per class: the label is the folder's name, unchanged, and all images below the folder have it.
/// </summary>
internal sealed class ClassFolders : LabeledImages
{
    public ClassFolders(string path)
        : base(path)
    {
        if (Labels.Count == 0)
        {
            throw new InvalidDataException(
                $"{path} contains no class folders: a labeled folder contains a folder of images for each label."
            );
        }
    }

    public override IEnumerable<LabeledImage> Read(ILogger? logger = null)
    {
        int unlabeled = ImageFolder.CountLoose(Path);
        if (unlabeled > 0)
        {
            logger?.Warn(Invariant($"{unlabeled} images are in {Path} itself and not in a class folder; they are skipped."));
        }

        bool any = false;
        foreach (string label in Labels)
        {
            foreach (string file in ImageFolder.Enumerate(System.IO.Path.Combine(Path, label)))
            {
                any = true;
                yield return new(ImageSource.FromPath(file), label);
            }
        }

        if (!any && WhyUnused(Labels) is { Length: > 0 } others)
        {
            logger?.Warn($"{others}.");
        }
    }

    private protected override IReadOnlyList<string> FindLabels() => ImageFolder.Folders(Path);

    private protected override string WhyUnused(IReadOnlyList<string> labels) =>
        ImageFolder.Others(labels.Select(label => System.IO.Path.Combine(Path, label)));
}
