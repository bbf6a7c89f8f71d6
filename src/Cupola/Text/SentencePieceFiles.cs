using System.Text.Json;
using Cupola.Files;
using Google.Protobuf;

namespace Cupola.Text;

/// <summary>
/// Reads SentencePiece models: sentencepiece's own file (a protocol buffer: spiece.model, tokenizer.model) or Hugging Face's
/// tokenizer.json, which says the same.
/// </summary>
internal static class SentencePieceFiles
{
    private const string WholeName = "tokenizer.json";

    /// <summary>Where both are there, the smaller one is read.</summary>
    private static readonly string[] ModelNames = ["spiece.model", "tokenizer.model"];

    private static readonly JsonRules Rules = new()
    {
        // Gemma's tokenizer.json has 34 MB.
        MaximumBytes = 128 << 20,
        TooLarge = "is too large for a tokenizer",
    };

    /// <summary>Whether a folder's tokenizer, or the named file, is SentencePiece's.</summary>
    public static bool AreIn(string path)
    {
        if (!Directory.Exists(path))
        {
            return path.EndsWith(".model", StringComparison.Ordinal)
                || (Path.GetFileName(path) == WholeName && File.Exists(path) && IsSentencePiece(path));
        }

        string whole = Path.Combine(path, WholeName);
        return ModelNames.Any(name => File.Exists(Path.Combine(path, name)))
            || (!File.Exists(Path.Combine(path, "vocab.json")) && File.Exists(whole) && IsSentencePiece(whole));
    }

    /// <summary>Reads the model of a folder, or the named file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or another kind of tokenizer.</exception>
    public static SentencePieceModel Read(string path)
    {
        string file = Directory.Exists(path)
            ? ModelNames.Append(WholeName).Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException(
                    $"There is no SigLIP tokenizer in {path}: put spiece.model, tokenizer.model or tokenizer.json there."
                )
            : path;
        try
        {
            return file.EndsWith(".json", StringComparison.Ordinal)
                ? BoundedJson.Read(file, Rules, root => ReadJson(root, file))
                : ReadModel(BoundedJson.ReadBytes(file, file, Rules), file);
        }
        catch (Exception exception)
            when (exception
                    is InvalidProtocolBufferException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or IndexOutOfRangeException
            )
        {
            throw new InvalidDataException($"{file} cannot be read: it is not a SentencePiece tokenizer.", exception);
        }
    }

    private static bool IsSentencePiece(string path)
    {
        try
        {
            return BoundedJson.Read(path, Rules, static root =>
                root.TryGetProperty("model", out JsonElement model) && KindOf(model) is not null
            );
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>CLIP's byte pairs end words by a suffix; SentencePiece's begin them by a sign and fall back to bytes.</summary>
    private static SentencePieceAlgorithm? KindOf(JsonElement model) =>
        (model.TryGetProperty("type", out JsonElement type) ? type.GetString() : null) switch
        {
            "Unigram" => SentencePieceAlgorithm.Unigram,
            "BPE"
            or null when model.TryGetProperty("byte_fallback", out JsonElement falls) && falls.ValueKind == JsonValueKind.True =>
                SentencePieceAlgorithm.Bpe,
            _ => null,
        };

    private static SentencePieceModel ReadModel(ReadOnlyMemory<byte> bytes, string path)
    {
        List<SentencePiece> pieces = [];
        int algorithm = (int)SentencePieceAlgorithm.Unigram,
            unknown = 0;
        bool fallsBack = false;
        (CharacterMap? Characters, bool Prefix, bool Collapses) normalizer = (null, true, true);
        CodedInputStream input = new(bytes.ToArray());
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case ModelField.Pieces:
                    pieces.Add(ReadPiece(input.ReadBytes().CreateCodedInput()));
                    break;
                case ModelField.Trainer:
                    (algorithm, unknown, fallsBack) = ReadTrainer(input.ReadBytes().CreateCodedInput());
                    break;
                case ModelField.Normalizer:
                    normalizer = ReadNormalizer(input.ReadBytes().CreateCodedInput());
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return Checked(
            new()
            {
                Pieces = pieces,
                Algorithm = (SentencePieceAlgorithm)algorithm,
                UnknownId = unknown,
                HasByteFallback = fallsBack,
                Characters = normalizer.Characters,
                HasDummyPrefix = normalizer.Prefix,
                CollapsesSpaces = normalizer.Collapses,
            },
            path
        );
    }

    private static SentencePiece ReadPiece(CodedInputStream input)
    {
        SentencePiece piece = new("", 0, PieceKind.Normal);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case PieceField.Text:
                    piece = piece with { Text = input.ReadString() };
                    break;
                case PieceField.Score:
                    piece = piece with { Score = input.ReadFloat() };
                    break;
                case PieceField.Kind:
                    piece = piece with { Kind = (PieceKind)input.ReadEnum() };
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return piece;
    }

    private static (int Algorithm, int Unknown, bool FallsBack) ReadTrainer(CodedInputStream input)
    {
        (int Algorithm, int Unknown, bool FallsBack) trainer = ((int)SentencePieceAlgorithm.Unigram, 0, false);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case TrainerField.Algorithm:
                    trainer.Algorithm = input.ReadEnum();
                    break;
                case TrainerField.FallsBack:
                    trainer.FallsBack = input.ReadBool();
                    break;
                case TrainerField.Unknown:
                    trainer.Unknown = input.ReadInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return trainer;
    }

    private static (CharacterMap? Characters, bool Prefix, bool Collapses) ReadNormalizer(CodedInputStream input)
    {
        (CharacterMap? Characters, bool Prefix, bool Collapses) normalizer = (null, true, true);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case NormalizerField.Characters:
                    ByteString map = input.ReadBytes();
                    normalizer.Characters = map.IsEmpty ? null : new(map.Span);
                    break;
                case NormalizerField.Prefix:
                    normalizer.Prefix = input.ReadBool();
                    break;
                case NormalizerField.Collapses:
                    normalizer.Collapses = input.ReadBool();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return normalizer;
    }

    private static SentencePieceModel ReadJson(JsonElement root, string path)
    {
        JsonElement model = root.GetProperty("model");
        SentencePieceAlgorithm algorithm = KindOf(model)
            ?? throw new InvalidDataException($"{path} is not SigLIP's tokenizer: its pieces are not SentencePiece's.");
        bool isUnigram = algorithm == SentencePieceAlgorithm.Unigram;
        SentencePiece[] pieces = isUnigram ? PiecesOfUnigram(model) : PiecesOfPairs(model);
        foreach (JsonElement added in root.GetProperty("added_tokens").EnumerateArray())
        {
            int id = added.GetProperty("id").GetInt32();
            if (id >= 0 && id < pieces.Length)
            {
                bool isSpecial = added.GetProperty("special").GetBoolean();
                pieces[id] = pieces[id] with { Kind = isSpecial ? PieceKind.Control : PieceKind.UserDefined };
            }
        }

        return Checked(
            new()
            {
                Pieces = pieces,
                Algorithm = algorithm,
                UnknownId = isUnigram ? model.GetProperty("unk_id").GetInt32() : UnknownOf(model, pieces),
                HasByteFallback = !isUnigram,
                Characters = root.TryGetProperty("normalizer", out JsonElement normalizer) ? FindMap(normalizer) : null,
                HasDummyPrefix = isUnigram,
                CollapsesSpaces = isUnigram,
            },
            path
        );
    }

    private static SentencePiece[] PiecesOfUnigram(JsonElement model) =>
        [
            .. model
                .GetProperty("vocab")
                .EnumerateArray()
                .Select(static entry => new SentencePiece(entry[0].GetString()!, entry[1].GetSingle(), PieceKind.Normal)),
        ];

    /// <summary>The earlier a piece's first merge, the higher its score; a piece that no merge makes is a character.</summary>
    private static SentencePiece[] PiecesOfPairs(JsonElement model)
    {
        Dictionary<string, int> ranks = new(StringComparer.Ordinal);
        foreach ((int rank, JsonElement merge) in model.GetProperty("merges").EnumerateArray().Index())
        {
            string joined =
                merge.ValueKind == JsonValueKind.Array
                    ? merge[0].GetString() + merge[1].GetString()
                    : merge.GetString()!.Replace(" ", "", StringComparison.Ordinal);
            ranks.TryAdd(joined, rank);
        }

        JsonProperty[] vocabulary = [.. model.GetProperty("vocab").EnumerateObject()];
        var pieces = new SentencePiece[vocabulary.Length];
        foreach (JsonProperty entry in vocabulary)
        {
            bool isByte = entry.Name is ['<', '0', 'x', _, _, '>'];
            pieces[entry.Value.GetInt32()] = new(
                entry.Name,
                -ranks.GetValueOrDefault(entry.Name, vocabulary.Length),
                isByte ? PieceKind.Byte : PieceKind.Normal
            );
        }

        return pieces;
    }

    private static int UnknownOf(JsonElement model, SentencePiece[] pieces)
    {
        string name = model.TryGetProperty("unk_token", out JsonElement token) ? token.GetString() ?? "<unk>" : "<unk>";
        return Array.FindIndex(pieces, piece => piece.Text == name);
    }

    /// <summary>The precompiled map, wherever it stands among a file's normalisers.</summary>
    private static CharacterMap? FindMap(JsonElement normalizer) =>
        normalizer.ValueKind != JsonValueKind.Object ? null
        : normalizer.TryGetProperty("precompiled_charsmap", out JsonElement map) && map.ValueKind == JsonValueKind.String
            ? new(map.GetBytesFromBase64())
        : normalizer.TryGetProperty("normalizers", out JsonElement parts)
            ? parts.EnumerateArray().Select(FindMap).FirstOrDefault(static found => found is not null)
        : null;

    private static SentencePieceModel Checked(SentencePieceModel model, string path) =>
        model.Pieces.Count == 0 ? throw new InvalidDataException($"{path} cannot be read: it has no pieces.")
        : !Enum.IsDefined(model.Algorithm)
            ? throw new InvalidDataException($"{path} cannot be used: its pieces are neither a unigram model's nor byte pairs.")
        : model.UnknownId < 0 || model.UnknownId >= model.Pieces.Count || model.Pieces.Any(static piece => piece.Text is null)
            ? throw new InvalidDataException($"{path} cannot be read: its vocabulary has gaps.")
        : model;

    // sentencepiece_model.proto.
    private static class ModelField
    {
        public const int Pieces = 1;
        public const int Trainer = 2;
        public const int Normalizer = 3;
    }

    private static class PieceField
    {
        public const int Text = 1;
        public const int Score = 2;
        public const int Kind = 3;
    }

    private static class TrainerField
    {
        public const int Algorithm = 3;
        public const int FallsBack = 35;
        public const int Unknown = 40;
    }

    private static class NormalizerField
    {
        public const int Characters = 2;
        public const int Prefix = 3;
        public const int Collapses = 4;
    }
}
