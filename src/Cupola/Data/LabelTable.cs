using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>A table of images and their labels.</summary>
internal sealed class LabelTable(string name, string path, bool fetch) : LabeledImages(name)
{
    private readonly ImageTable _table = ImageTable.Open(path, TableColumn.Label, fetch);

    public override IEnumerable<LabeledImage> Read(ILogger? logger = null) =>
        _table.Read(logger).Select(static row => new LabeledImage(row.Image, row.Texts[0]));

    private protected override IReadOnlyList<string> FindLabels() => LabelsMet();
}
