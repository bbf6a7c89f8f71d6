namespace Cupola.Data;

/// <summary>A table of pictures and their labels.</summary>
internal sealed class LabelTable(string name, string path, bool fetch) : LabelledPictures(name)
{
    private readonly PictureTable _table = PictureTable.Open(path, TableColumn.Label, fetch);

    public override IEnumerable<LabelledPicture> Read(Action<string>? broken = null) => _table.Read(broken).Select(static row => new LabelledPicture(row.Picture, row.Texts[0]));

    private protected override IReadOnlyList<string> FindLabels() => LabelsMet();
}
