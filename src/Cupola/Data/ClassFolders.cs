using Cupola.Images;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>A folder in which each folder is a class: the label is the folder's name as it is, and all pictures below it belong to it.</summary>
internal sealed class ClassFolders : LabelledPictures
{
    public ClassFolders(string path)
        : base(path)
    {
        if (Labels.Count == 0)
        {
            throw new InvalidDataException($"{path} holds no class folders: a labelled folder holds a folder for each label, and in it the pictures.");
        }
    }

    public override IEnumerable<LabelledPicture> Read(Action<string>? broken = null)
    {
        int unlabelled = Directory.EnumerateFiles(Path).Count(PictureFolder.IsPicture);
        if (unlabelled > 0)
        {
            broken?.Invoke(Invariant(
                $"{unlabelled} pictures lie in {Path} itself and in no class folder; they are passed over."));
        }

        return Labels.SelectMany(label => PictureFolder.Enumerate(System.IO.Path.Combine(Path, label)).Select(file => new LabelledPicture(PictureSource.Of(file), label)));
    }

    private protected override IReadOnlyList<string> FindLabels() =>
        [.. new DirectoryInfo(Path).EnumerateDirectories("*", new EnumerationOptions()).Select(static folder => folder.Name).Order(StringComparer.Ordinal)];
}
