using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Cupola.Images;
using Cupola.Text;

namespace Cupola.Data;

/// <summary>A table with a line of column names, as CSV or, where the file is called so, TSV; paths are relative to its folder.</summary>
internal sealed class LabelTable : LabelledPictures
{
    /// <summary>No path and no label is longer; a quotation mark that is never closed would swallow the whole file.</summary>
    private const int MaximumFieldLength = 1 << 16;

    private static readonly string[] PictureColumns = ["image", "filepath", "path", "filename"];
    private static readonly string[] LabelColumns = ["label", "class"];

    private readonly string _folder;

    public LabelTable(string path)
        : base(path)
    {
        _folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        using CsvReader table = OpenTable(static _ => { });
        Columns(table);
    }

    public override IEnumerable<LabelledPicture> Read(Action<string>? broken = null)
    {
        bool malformed = false;
        using CsvReader table = OpenTable(_ => malformed = true);
        (int picture, int label) = Columns(table);
        while (true)
        {
            malformed = false;
            if (!TryRead(table, out string? damage))
            {
                if (damage is not null)
                {
                    broken?.Invoke($"{Path} cannot be read from line {table.Parser.RawRow} on, and the rest is passed over: {damage}.");
                }

                yield break;
            }

            (string file, string name) = (Field(table, picture), Field(table, label));
            if (malformed || file.Length == 0 || name.Length == 0)
            {
                string problem = malformed ? "its quotation marks do not fit together" : $"its {(file.Length == 0 ? "picture" : "label")} is missing";
                broken?.Invoke($"Line {table.Parser.RawRow} of {Path} is passed over: {problem}.");
                continue;
            }

            yield return new(PictureSource.Of(PictureAddress.IsAddress(file) ? file : System.IO.Path.Combine(_folder, file)), name);
        }
    }

    private protected override IReadOnlyList<string> FindLabels() => LabelsMet();

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

    private static string Field(CsvReader table, int column) => TextFile.OneLine(table.GetField(column) ?? "").Trim();

    /// <summary>Where the columns stand that hold pictures and labels.</summary>
    private (int Picture, int Label) Columns(CsvReader table)
    {
        if (!TryRead(table, out string? damage) || !table.ReadHeader())
        {
            throw new InvalidDataException($"{Path} is no table of labelled pictures: {damage ?? "it is empty"}.");
        }

        string[] header = [.. table.HeaderRecord!.Select(static name => name.Trim())];
        int Column(string what, string[] names) =>
            names.Select(name => Array.FindIndex(header, column => column.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(static place => place >= 0, -1) is >= 0 and int found
                ? found
                : throw new InvalidDataException($"{Path} has no column of {what}s ({string.Join(", ", names)}); its columns are {TextFile.Quote(string.Join(", ", header))}.");

        return (Column("picture", PictureColumns), Column("label", LabelColumns));
    }
}
