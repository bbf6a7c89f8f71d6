namespace Cupola.Data;

/// <summary>A table of pictures and their captions. A picture that stands in several lines is as many pictures, each with its own caption.</summary>
internal sealed class CaptionTable(string path, bool fetch) : CaptionedPictures
{
    private readonly PictureTable _table = PictureTable.Open(path, TableColumn.Caption, fetch);

    public override IEnumerable<CaptionedPicture> Read(Action<string>? broken) => _table.Read(broken).Select(static row => new CaptionedPicture(row.Picture, row.Texts));
}
