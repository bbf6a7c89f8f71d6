using System.Text.Json;

namespace Cupola.Training.Run;

/// <summary>
/// A file of JSON lines that grows while a run does. A run that is resumed makes some steps again; lines about them, and a line
/// that was left half written, are dropped first.
/// </summary>
internal sealed class TrainingLog<T> : IDisposable
    where T : class
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly FileStream _file;

    private TrainingLog(FileStream file) => _file = file;

    /// <summary>Opens a log, and keeps its first lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isKept">Whether a line is about what is done for good.</param>
    public static TrainingLog<T> Open(string path, Func<T, bool> isKept)
    {
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            byte[] bytes = new byte[checked((int)file.Length)];
            file.ReadExactly(bytes);
            file.SetLength(KeptLength(bytes, isKept));
            file.Position = file.Length;
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The lines of a log; none where there is no file.</summary>
    public static IReadOnlyList<T> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        // The run that writes it may have it open.
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        List<T> entries = [];
        while (reader.ReadLine() is { } line)
        {
            if (TryParse(System.Text.Encoding.UTF8.GetBytes(line)) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>Adds a line, which whoever follows the file sees at once.</summary>
    public void Append(T entry)
    {
        _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, Json), (byte)'\n']);
        _file.Flush();
    }

    /// <summary>Brings the lines to the disk, so that no crash can lose them.</summary>
    public void Save() => _file.Flush(flushToDisk: true);

    public void Dispose() => _file.Dispose();

    private static int KeptLength(ReadOnlySpan<byte> bytes, Func<T, bool> isKept)
    {
        int end = 0;
        while (
            bytes[end..].IndexOf((byte)'\n') is >= 0 and int length
            && TryParse(bytes.Slice(end, length)) is { } entry
            && isKept(entry)
        )
        {
            end += length + 1;
        }

        return end;
    }

    private static T? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
