using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>
/// A table of images and their captions. An image in several lines counts as several images, each with its own caption.
/// </summary>
internal sealed class CaptionTable(string path, bool fetch) : CaptionedImages
{
    private readonly ImageTable _table = ImageTable.Open(path, TableColumn.Caption, fetch);

    public override IEnumerable<CaptionedImage> Read(ILogger? logger) =>
        _table.Read(logger).Select(static row => new CaptionedImage(row.Image, row.Texts));
}
