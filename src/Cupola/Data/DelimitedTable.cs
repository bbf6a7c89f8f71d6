using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola.Data;

/// <summary>A table with a line of column names, as CSV or, where the file is called so, TSV.</summary>
internal sealed class DelimitedTable : PictureTable
{
    public DelimitedTable(string path, TableColumn texts)
        : base(path, texts)
    {
        using CsvReader table = OpenTable(static _ => { });
        Columns(table);
    }

    public override IEnumerable<TableRow> Read(Action<string>? broken)
    {
        bool malformed = false;
        using CsvReader table = OpenTable(_ => malformed = true);
        (int picture, int text) = Columns(table);
        while (true)
        {
            malformed = false;
            if (!TryRead(table, out string? damage))
            {
                if (damage is not null)
                {
                    broken?.Invoke(Invariant(
                        $"{Path} cannot be read from line {table.Parser.RawRow} on, and the rest is passed over: {damage}."));
                }

                yield break;
            }

            (string file, string said) = (table.GetField(picture) ?? "", table.GetField(text) ?? "");
            if (malformed)
            {
                PassOver(table.Parser.RawRow, "its quotation marks do not fit together", broken);
            }
            else if (Row(table.Parser.RawRow, file, [said], broken) is { } row)
            {
                yield return row;
            }
        }
    }

    private CsvReader OpenTable(BadDataFound malformed) => new(new StreamReader(Path), new CsvConfiguration(CultureInfo.InvariantCulture)
    {
        Delimiter = System.IO.Path.GetExtension(Path).Equals(".tsv", StringComparison.OrdinalIgnoreCase) ? "\t" : ",",
        TrimOptions = TrimOptions.Trim,
        MaxFieldSize = MaximumFieldLength,
        BadDataFound = malformed,
        MissingFieldFound = null,
    });

    private static bool TryRead(CsvReader table, out string? damage)
    {
        damage = null;
        try
        {
            return table.Read();
        }
        catch (MaxFieldSizeException)
        {
            damage = $"a field is longer than {MaximumFieldLength} characters; a quotation mark may be missing";
        }
        catch (Exception exception) when (exception is CsvHelperException or IOException)
        {
            damage = TextFile.OneLine(exception.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.'));
        }

        return false;
    }

    /// <summary>Where the columns stand that hold pictures and texts.</summary>
    private (int Picture, int Text) Columns(CsvReader table)
    {
        if (!TryRead(table, out string? damage) || !table.ReadHeader())
        {
            throw new InvalidDataException($"{Path} is no table of pictures: {damage ?? "it is empty"}.");
        }

        string[] header = [.. table.HeaderRecord!.Select(static name => name.Trim())];
        return (TableColumn.Picture.IndexAmong(header, Path), TextColumn.IndexAmong(header, Path));
    }
}
