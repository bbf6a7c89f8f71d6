using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Cupola.Files;

namespace Cupola.Text;

/// <summary>The vocabulary and the merges of byte pair encoding, from any of the files in which models store them.</summary>
internal sealed record TokenizerFiles(IReadOnlyList<KeyValuePair<string, int>> Vocabulary, IReadOnlyList<string> Merges)
{
    public const string OpenAiFileName = "bpe_simple_vocab_16e6.txt.gz";

    private static readonly JsonRules Rules = new()
    {
        // CLIP's tokenizer.json has 2 MB; the largest of any model some tens.
        MaximumBytes = 64 << 20,
        TooLarge = "is too large for a tokenizer",
    };

    /// <summary>The number of merges that count; OpenAI's file lists more: 49152 − 256 − 2 (simple_tokenizer.py).</summary>
    private const int OpenAiMerges = 49152 - 256 - 2;

    /// <summary>
    /// The first tokens of CLIP's vocabularies: each byte as one visible character, and each byte that ends a word
    /// (simple_tokenizer.py).
    /// </summary>
    public static IEnumerable<string> ByteTokens()
    {
        string[] bytes = [.. ByteCharacters().Select(static letter => letter.Character.ToString())];
        return [.. bytes, .. bytes.Select(static token => token + ClipTokenizer.EndOfWord)];
    }

    /// <summary>The index of each byte among the first 256 tokens.</summary>
    public static int[] ByteOrder()
    {
        var order = new int[256];
        foreach ((int index, (byte value, char _)) in ByteCharacters().Index())
        {
            order[value] = index;
        }

        return order;
    }

    /// <summary>Reads the tokenizer of a folder, or the named file.</summary>
    public static TokenizerFiles Read(string path)
    {
        if (Directory.Exists(path))
        {
            string whole = Path.Combine(path, "tokenizer.json"),
                vocabulary = Path.Combine(path, "vocab.json");
            string merges = Path.Combine(path, "merges.txt"),
                openAi = Path.Combine(path, OpenAiFileName);
            // Two small files are read faster than one that contains the same.
            return File.Exists(vocabulary) && File.Exists(merges) ? ReadPair(vocabulary, merges)
                : File.Exists(whole) ? ReadWhole(whole)
                : File.Exists(openAi) ? ReadOpenAi(openAi)
                : throw new FileNotFoundException(
                    $"There is no tokenizer in {path}: put tokenizer.json, vocab.json with merges.txt, or OpenAI's "
                        + $"{OpenAiFileName} there."
                );
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no tokenizer {path}.", path);
        }

        return Path.GetFileName(path) switch
        {
            "vocab.json" => ReadPair(path, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "merges.txt")),
            "merges.txt" => ReadPair(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "vocab.json"), path),
            { } name when name.EndsWith(".gz", StringComparison.Ordinal) => ReadOpenAi(path),
            _ => ReadWhole(path),
        };
    }

    private static TokenizerFiles ReadPair(string vocabularyPath, string mergesPath)
    {
        IEnumerable<string> merges = Encoding
            .UTF8.GetString(ReadBytes(mergesPath).Span)
            .Split('\n')
            .Select(static line => line.TrimEnd('\r'));
        try
        {
            return new(
                BoundedJson.Read(ReadBytes(vocabularyPath), vocabularyPath, Rules, ReadVocabulary),
                [.. merges.Where(static line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))]
            );
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw new InvalidDataException(
                $"{vocabularyPath} cannot be read: it is not a JSON object from tokens to ids.",
                exception
            );
        }
    }

    private static TokenizerFiles ReadWhole(string path)
    {
        try
        {
            return BoundedJson.Read(ReadBytes(path), path, Rules, root => ReadModel(root.GetProperty("model"), path));
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path} cannot be read: it is not a tokenizer.json.", exception);
        }
    }

    private static TokenizerFiles ReadModel(JsonElement model, string path)
    {
        if (model.TryGetProperty("type", out JsonElement type) && type.GetString() != "BPE")
        {
            throw new InvalidDataException(
                $"{path} has a {ForeignText.Shown(type.GetString() ?? "")} tokenizer, and CLIP's is BPE."
            );
        }

        if (!model.TryGetProperty("end_of_word_suffix", out JsonElement suffix) || suffix.GetString() != "</w>")
        {
            throw new InvalidDataException($"{path} is not CLIP's tokenizer: its words do not end in </w>.");
        }

        // Newer files write a merge as a pair, older ones as a text with a space.
        IEnumerable<string> merges = model
            .GetProperty("merges")
            .EnumerateArray()
            .Select(static merge =>
                merge.ValueKind == JsonValueKind.Array ? $"{merge[0].GetString()} {merge[1].GetString()}" : merge.GetString()!
            );
        return new(ReadVocabulary(model.GetProperty("vocab")), [.. merges]);
    }

    /// <summary>
    /// Reads OpenAI's vocabulary, in its order: bytes, bytes that end a word, merges, start and end (simple_tokenizer.py).
    /// </summary>
    private static TokenizerFiles ReadOpenAi(string path)
    {
        string[] lines = Encoding.UTF8.GetString(ReadGzip(path)).Split('\n');
        string[] merges = [.. lines.Skip(1).Take(OpenAiMerges).TakeWhile(static line => line.Length > 0)];
        string[] tokens =
        [
            .. ByteTokens(),
            .. merges.Select(static merge => merge.Replace(" ", "", StringComparison.Ordinal)),
            ClipTokenizer.StartToken,
            ClipTokenizer.EndToken,
        ];
        return new([.. tokens.Index().Select(static entry => KeyValuePair.Create(entry.Item, entry.Index))], merges);
    }

    /// <summary>
    /// One visible character per byte: itself if it is visible, else one from U+0100 on; the visible ones come first.
    /// </summary>
    private static IEnumerable<(byte Value, char Character)> ByteCharacters()
    {
        (byte Value, char Character)[] visible =
        [
            .. Enumerable
                .Range('!', '~' - '!' + 1)
                .Concat(Enumerable.Range('¡', '¬' - '¡' + 1))
                .Concat(Enumerable.Range('®', 'ÿ' - '®' + 1))
                .Select(static code => ((byte)code, (char)code)),
        ];
        IEnumerable<byte> hidden = Enumerable
            .Range(0, 256)
            .Select(static code => (byte)code)
            .Except(visible.Select(static letter => letter.Value));
        return visible.Concat(hidden.Select(static (value, index) => (value, (char)(256 + index))));
    }

    private static KeyValuePair<string, int>[] ReadVocabulary(JsonElement tokens) =>
        [.. tokens.EnumerateObject().Select(static token => KeyValuePair.Create(token.Name, token.Value.GetInt32()))];

    private static ReadOnlyMemory<byte> ReadBytes(string path) =>
        File.Exists(path)
            ? BoundedJson.ReadBytes(path, path, Rules)
            : throw new FileNotFoundException($"There is no {path}, which the tokenizer needs.", path);

    private static byte[] ReadGzip(string path)
    {
        try
        {
            using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
            using MemoryStream bytes = new();
            byte[] block = new byte[1 << 16];
            for (int count = stream.Read(block); count > 0; count = stream.Read(block))
            {
                bytes.Write(block, 0, count);
                if (bytes.Length > Rules.MaximumBytes)
                {
                    throw new InvalidDataException($"{path} is too large for a tokenizer once it is decompressed.");
                }
            }

            return bytes.ToArray();
        }
        catch (InvalidDataException exception)
            when (exception.Message.Contains("gzip", StringComparison.OrdinalIgnoreCase) || exception.InnerException is not null)
        {
            throw new InvalidDataException($"{path} cannot be read: it is not gzip.", exception);
        }
    }
}
