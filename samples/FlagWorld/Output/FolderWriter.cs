using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlagWorld.Output;

/// <summary>A folder of images beside captions.jsonl: {"image": "pictures/00/000017.jpg", "caption": ["…", …]}.</summary>
internal sealed class FolderWriter : PairWriter
{
    /// <summary>Names stay readable, and nothing here goes into a web page.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _folder;
    private readonly WholeTextFile _table;

    public FolderWriter(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _table = new WholeTextFile(Path.Combine(folder, "captions.jsonl"));
    }

    public override void Write(string name, ReadOnlyMemory<byte> jpeg, IReadOnlyList<string> captions)
    {
        // A thousand images a folder.
        string relative = $"pictures/{name[..^3]}/{name}.jpg",
            path = Path.Combine(_folder, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, jpeg.Span);
        _table.Writer.Write(JsonSerializer.Serialize(new { image = relative, caption = captions }, Plain));
        _table.Writer.Write('\n');
    }

    public override void Dispose() => _table.Dispose();
}
