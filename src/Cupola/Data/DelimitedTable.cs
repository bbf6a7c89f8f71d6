using Microsoft.Extensions.Logging;

namespace Cupola.Data;

/// <summary>
/// A table with a line of column names, and fields separated by commas, tabs, semicolons or bars, whatever the file's extension.
/// </summary>
internal sealed class DelimitedTable : ImageTable
{
    private readonly TableHeader _header;

    public DelimitedTable(string path, TableColumn subject, TableColumn texts, bool fetch)
        : base(path, subject, texts, fetch) => _header = TableHeader.Read(path, MaximumLineLength, subject, texts);

    public override IEnumerable<TableRow> Read(ILogger? logger)
    {
        foreach (TableRecord record in new TableRecords(Path, _header, MaximumLineLength, MaximumFieldLength).Read())
        {
            if (record.Problem is { } problem)
            {
                PassOver(record.Line, problem, logger);
            }
            else if (Row(record.Line, Field(record, _header.Subject), [Field(record, _header.Text)], logger) is { } row)
            {
                yield return row;
            }
        }
    }

    private static string Field(TableRecord record, int column) => column < record.Fields.Count ? record.Fields[column] : "";
}
