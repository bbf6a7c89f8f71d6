using System.Formats.Tar;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlagWorld.Output;

/// <summary>
/// WebDataset shards, flags-000000.tar and so on: each sample is 000017.jpg and 000017.json, {"caption": ["…", …]}.
/// </summary>
internal sealed class ShardWriter(string folder) : PairWriter
{
    /// <summary>Some forty megabytes.</summary>
    private const int SamplesPerShard = 10_000;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TarWriter? _shard;
    private string? _path;
    private int _samples;
    private int _shards;

    public override void Write(string name, ReadOnlyMemory<byte> jpeg, IReadOnlyList<string> captions)
    {
        if (_shard is null || _samples == SamplesPerShard)
        {
            Close();
            Directory.CreateDirectory(folder);
            _path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"flags-{_shards++:D6}.tar"));
            _shard = new TarWriter(File.Create($"{_path}.part"), TarEntryFormat.Ustar);
            _samples = 0;
        }

        _samples++;
        Add($"{name}.jpg", jpeg);
        Add($"{name}.json", JsonSerializer.SerializeToUtf8Bytes(new { caption = captions }, Plain));
    }

    public override void Dispose() => Close();

    /// <summary>The time is left at its beginning, so that equal pairs give equal bytes.</summary>
    private void Add(string name, ReadOnlyMemory<byte> content)
    {
        using MemoryStream data = new(content.ToArray(), writable: false);
        _shard!.WriteEntry(
            new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data, ModificationTime = DateTimeOffset.UnixEpoch }
        );
    }

    private void Close()
    {
        if (_shard is not null)
        {
            _shard.Dispose();
            File.Move($"{_path}.part", _path!, overwrite: true);
            _shard = null;
        }
    }
}
