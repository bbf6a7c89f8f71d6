using System.Text.Encodings.Web;
using System.Text.Json;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Prompts.Writing;

/// <summary>One requested answer.</summary>
internal readonly record struct PromptRequest(string Class, string Question, int Answer);

/// <summary>
/// The model and settings that a journal belongs to; answers of other settings would mix two runs. Labels, questions and the
/// longest answer may change, because each entry records its question and its token limit.
/// </summary>
internal sealed record JournalHeader(string Format, string Model, float Temperature, int MaxTokens)
{
    public const string CurrentFormat = "cupola-journal-1";

    public static JournalHeader From(PromptWriterSettings settings) =>
        new(CurrentFormat, settings.Model, settings.Temperature, settings.MaxTokens);

    /// <summary>What differs, in words for a sentence.</summary>
    public IEnumerable<string> DifferencesFrom(JournalHeader other) =>
        new (string What, bool Differs)[] { ("model", Model != other.Model), ("temperature", Temperature != other.Temperature) }
            .Where(static each => each.Differs)
            .Select(static each => each.What);
}

/// <summary>A stored answer.</summary>
/// <param name="Class">The class it is about.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The index of the answer among those to this question.</param>
/// <param name="MaxTokens">The longest allowed answer.</param>
/// <param name="Finish">Why the model ended: <c>stop</c> by itself, <c>length</c> if it was cut.</param>
/// <param name="RawAnswer">The model's answer.</param>
/// <param name="Time">When it was stored.</param>
internal sealed record JournalEntry(
    string Class,
    string Question,
    int Answer,
    int MaxTokens,
    string? Finish,
    string RawAnswer,
    DateTimeOffset Time
)
{
    public PromptRequest Request => new(Class, Question, Answer);
}

/// <summary>
/// Stores every answer of a run, one JSON object per line, on disk before the next question is asked. While the file is open, it
/// is locked for this process. A line that a killed run left incomplete is dropped, and its question asked again.
/// </summary>
internal sealed class PromptJournal : IDisposable
{
    // An answer has at most 64 Ki characters, each at most six in JSON.
    private const int LongestLine = 1 << 20;

    private static readonly JsonSerializerOptions JsonLines = new(JsonSerializerDefaults.Web)
    {
        // Answers stay readable; this file is never part of a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream _file;
    private readonly string _path;
    private readonly Dictionary<PromptRequest, JournalEntry> _entries = [];
    private readonly Lock _gate = new();

    // Where the next line goes: after the last complete one.
    private long _end;

    private PromptJournal(string path)
    {
        _path = path;
        _file = FileLock.TryOpen(path)
            ?? throw new IOException($"'{path}' is in use: another run writes there. Wait for it, or name another output.");
    }

    /// <summary>Opens or creates a journal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">The model and settings of the run.</param>
    /// <exception cref="InvalidDataException">The journal belongs to another run, or the file is not a journal.</exception>
    /// <exception cref="IOException">Another process is writing it.</exception>
    public static PromptJournal Open(string path, JournalHeader header)
    {
        PromptJournal journal = new(path);
        try
        {
            journal.Read(header);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>The last stored answer to a question.</summary>
    public JournalEntry? Find(PromptRequest request)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(request);
        }
    }

    /// <summary>Stores an answer; after this returns, no crash can lose it.</summary>
    public void Append(JournalEntry entry)
    {
        lock (_gate)
        {
            WriteLine(entry);
            _entries[entry.Request] = entry;
        }
    }

    public void Dispose() => _file.Dispose();

    private void Read(JournalHeader header)
    {
        int number = 0;
        foreach (byte[] line in ReadLines())
        {
            number++;
            if (number == 1)
            {
                RequireSame(Parse<JournalHeader>(line, number), header);
                continue;
            }

            JournalEntry entry = Parse<JournalEntry>(line, number);
            if (entry.RawAnswer is null || entry.Class is null || entry.Question is null)
            {
                throw Damaged(number, problem: null);
            }

            _entries[entry.Request] = entry;
        }

        _file.SetLength(_end);
        if (number == 0)
        {
            WriteLine(header);
        }
    }

    private void RequireSame(JournalHeader found, JournalHeader header)
    {
        if (found.Format != JournalHeader.CurrentFormat)
        {
            throw new InvalidDataException($"'{_path}' is not a journal of prompts that Cupola can read; name another output.");
        }

        if (string.Join(" and ", found.DifferencesFrom(header)) is { Length: > 0 } differences)
        {
            throw new InvalidDataException(
                $"'{_path}' holds answers of a run with other settings (other {differences}); name another output, or delete "
                    + "the journal to ask all questions again."
            );
        }
    }

    /// <summary>The complete lines, that is, those with a line end.</summary>
    private IEnumerable<byte[]> ReadLines()
    {
        using MemoryStream line = new();
        byte[] buffer = new byte[1 << 16];
        while (_file.Read(buffer) is > 0 and int count)
        {
            int start = 0;
            int end;
            while ((end = buffer.AsSpan(start, count - start).IndexOf((byte)'\n')) >= 0)
            {
                line.Write(buffer, start, end);
                yield return line.ToArray();
                _end += line.Length + 1;
                line.SetLength(0);
                start += end + 1;
            }

            line.Write(buffer, start, count - start);
            if (line.Length > LongestLine)
            {
                throw new InvalidDataException(
                    $"'{_path}' has a line of more than {LongestLine} bytes and is not a journal of prompts; name another output."
                );
            }
        }
    }

    private T Parse<T>(byte[] line, int number)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, JsonLines) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw number == 1
                ? new InvalidDataException($"'{_path}' is not a journal of prompts; name another output.", problem)
                : Damaged(number, problem);
        }
    }

    private InvalidDataException Damaged(int line, JsonException? problem) =>
        new(Invariant($"'{_path}' is damaged on line {line}; remove that line to have its question asked again."), problem);

    private void WriteLine<T>(T value)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, JsonLines), (byte)'\n'];
        _file.Position = _end;
        _file.Write(line);
        _file.Flush(flushToDisk: true);
        _end += line.Length;
    }
}
