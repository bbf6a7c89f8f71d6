using System.Text.Encodings.Web;
using System.Text.Json;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Prompts.Writing;

/// <summary>One answer that is wanted.</summary>
internal readonly record struct PromptRequest(string Class, string Question, int Answer);

/// <summary>
/// What a journal's answers belong to: a journal of other settings would mix two runs. Labels, questions and the longest answer
/// may be others, because each answer says what it answers, and with how many tokens.
/// </summary>
internal sealed record JournalHeader(string Format, string Model, float Temperature, int MaxTokens)
{
    public const string CurrentFormat = "cupola-journal-1";

    public static JournalHeader From(PromptWriterSettings settings) =>
        new(CurrentFormat, settings.Model, settings.Temperature, settings.MaxTokens);

    /// <summary>What differs, for a sentence.</summary>
    public IEnumerable<string> DifferencesFrom(JournalHeader other) =>
        new (string What, bool Differs)[] { ("model", Model != other.Model), ("temperature", Temperature != other.Temperature) }
            .Where(static each => each.Differs)
            .Select(static each => each.What);
}

/// <summary>An answer as it came.</summary>
/// <param name="Class">The class it is about.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Answer">Which of the answers to this question it is, from 0.</param>
/// <param name="MaxTokens">The longest answer that was allowed.</param>
/// <param name="Finish">Why the model ended: <c>stop</c> by itself, <c>length</c> where it was cut.</param>
/// <param name="RawAnswer">What it said.</param>
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
/// Every answer of a run, one JSON object a line, on disk before the next question is asked. The file is this process's alone
/// while it is open; a line that a killed run
/// left half written is dropped, and its question asked again.
/// </summary>
internal sealed class PromptJournal : IDisposable
{
    // An answer has at most 64 Ki characters, each at most six in JSON.
    private const int LongestLine = 1 << 20;

    private static readonly JsonSerializerOptions JsonLines = new(JsonSerializerDefaults.Web)
    {
        // Answers stay readable; nothing here goes into a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream _file;
    private readonly string _path;
    private readonly Dictionary<PromptRequest, JournalEntry> _entries = [];
    private readonly Lock _gate = new();

    // Where the next line goes: behind the last one that is whole.
    private long _end;

    private PromptJournal(string path)
    {
        _path = path;
        _file = FileLock.TryOpen(path)
            ?? throw new IOException($"'{path}' is in use: another run writes there. Wait for it, or name another output.");
    }

    /// <summary>Opens a journal, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">What its answers belong to.</param>
    /// <exception cref="InvalidDataException">The journal belongs to another run, or is none.</exception>
    /// <exception cref="IOException">Another process writes it.</exception>
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

    /// <summary>The last answer to a question that is stored.</summary>
    public JournalEntry? Find(PromptRequest request)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(request);
        }
    }

    /// <summary>Stores an answer; when this returns, no crash can lose it.</summary>
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
            throw new InvalidDataException($"'{_path}' is no journal of prompts that Cupola can read; name another output.");
        }

        if (string.Join(" and ", found.DifferencesFrom(header)) is { Length: > 0 } differences)
        {
            throw new InvalidDataException(
                $"'{_path}' holds answers of a run with other settings (other {differences}); name another output, or delete "
                    + "the journal to ask everything anew."
            );
        }
    }

    /// <summary>The lines that are whole, which is to say that they end.</summary>
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
                    $"'{_path}' has a line of more than {LongestLine} bytes, and is no journal of prompts; name another output."
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
                ? new InvalidDataException($"'{_path}' is no journal of prompts; name another output.", problem)
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
