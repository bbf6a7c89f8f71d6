using System.Buffers;
using System.Text;

namespace Cupola.Text;

/// <summary>
/// Cuts normalised text into pieces, with the ids of the sentencepiece library (unigram_model.cc, bpe_model.cc).
/// Microsoft.ML.Tokenizers reads such models too, but not all of them, and gives other ids where pieces are user-defined.
/// </summary>
internal sealed class SentencePieceEncoder
{
    /// <summary>How much less than the least score a character that is no piece costs (unigram_model.cc, kUnkPenalty).</summary>
    private const float UnknownPenalty = 10;

    private readonly SentencePieceModel _model;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _pieces;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _userDefined;
    private readonly int[] _bytes = new int[256];
    private readonly int _longestPiece;
    private readonly int _longestUserDefined;
    private readonly float _unknownScore;

    public SentencePieceEncoder(SentencePieceModel model)
    {
        _model = model;
        Dictionary<string, int> pieces = new(StringComparer.Ordinal),
            userDefined = new(StringComparer.Ordinal);
        float least = 0;
        Array.Fill(_bytes, model.UnknownId);
        foreach ((int id, SentencePiece piece) in model.Pieces.Index())
        {
            switch (piece.Kind)
            {
                case PieceKind.Normal:
                    pieces.TryAdd(piece.Text, id);
                    least = Math.Min(least, piece.Score);
                    _longestPiece = Math.Max(_longestPiece, piece.Text.Length);
                    break;
                case PieceKind.UserDefined:
                    userDefined.TryAdd(piece.Text, id);
                    _longestUserDefined = Math.Max(_longestUserDefined, piece.Text.Length);
                    break;
                case PieceKind.Byte when ByteOf(piece.Text) is { } value:
                    _bytes[value] = id;
                    break;
                default:
                    break;
            }
        }

        _unknownScore = least - UnknownPenalty;
        _pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        _userDefined = userDefined.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The ids of a normalised text.</summary>
    public List<int> Encode(string text)
    {
        List<int> ids = [];
        int start = 0;
        for (int index = 0; index < text.Length;)
        {
            if (LongestUserDefined(text.AsSpan(index)) is var (length, id) && length > 0)
            {
                EncodePart(text.AsSpan(start, index - start), ids);
                ids.Add(id);
                index += length;
                start = index;
            }
            else
            {
                index++;
            }
        }

        EncodePart(text.AsSpan(start), ids);
        return ids;
    }

    private static byte? ByteOf(string piece) =>
        piece is ['<', '0', 'x', _, _, '>']
        && byte.TryParse(
            piece.AsSpan(3, 2),
            System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture,
            out byte value
        )
            ? value
            : null;

    private (int Length, int Id) LongestUserDefined(ReadOnlySpan<char> text)
    {
        for (int length = Math.Min(_longestUserDefined, text.Length); length > 0; length--)
        {
            if (_userDefined.TryGetValue(text[..length], out int id))
            {
                return (length, id);
            }
        }

        return (0, 0);
    }

    private void EncodePart(ReadOnlySpan<char> text, List<int> ids)
    {
        if (_model.Algorithm == SentencePieceAlgorithm.Unigram)
        {
            BestPath(text, ids);
        }
        else
        {
            JoinPairs(text, ids);
        }
    }

    /// <summary>The path with the largest sum of scores, by Viterbi's algorithm in float32.</summary>
    private void BestPath(ReadOnlySpan<char> text, List<int> ids)
    {
        // For each place, the best piece that ends there: its score with all before it, its start and its id.
        var best = new (float Score, int Start, int Id)[text.Length + 1];
        best.AsSpan(1).Fill((0, -1, 0));
        int step;
        for (int start = 0; start < text.Length; start += step)
        {
            float before = best[start].Score;
            step = CharacterLength(text[start..]);
            bool isPiece = false;
            for (int length = step; length <= Math.Min(_longestPiece, text.Length - start); length++)
            {
                if (_pieces.TryGetValue(text.Slice(start, length), out int id))
                {
                    Offer(start + length, before + _model.Pieces[id].Score, start, id);
                    isPiece |= length == step;
                }
            }

            if (!isPiece)
            {
                Offer(start + step, before + _unknownScore, start, _model.UnknownId);
            }
        }

        void Offer(int end, float score, int start, int id)
        {
            if (best[end].Start < 0 || score > best[end].Score)
            {
                best[end] = (score, start, id);
            }
        }

        Stack<int> path = [];
        for (int end = text.Length; end > 0; end = best[end].Start)
        {
            path.Push(best[end].Id);
        }

        foreach (int id in path)
        {
            // Neighbouring characters that are no pieces are one unknown.
            if (id != _model.UnknownId || ids is [] || ids[^1] != _model.UnknownId)
            {
                ids.Add(id);
            }
        }
    }

    /// <summary>Joins the neighbours whose piece has the highest score, leftmost first, until none are a piece.</summary>
    private void JoinPairs(ReadOnlySpan<char> text, List<int> ids)
    {
        // A symbol is the text from its place to the next one's; those that were joined to the one before have the length 0.
        int[] lengths = ArrayPool<int>.Shared.Rent(text.Length + 1);
        int[] previous = ArrayPool<int>.Shared.Rent(text.Length + 1);
        PriorityQueue<(int Left, int Right, int Length), (float, int)> pairs = new();
        try
        {
            Array.Clear(lengths, 0, text.Length);
            int last = -1;
            for (int place = 0; place < text.Length; place += lengths[place])
            {
                lengths[place] = CharacterLength(text[place..]);
                previous[place] = last;
                OfferPair(text, last, place);
                last = place;
            }

            while (pairs.TryDequeue(out (int Left, int Right, int Length) pair, out _))
            {
                bool isStale =
                    lengths[pair.Left] == 0
                    || lengths[pair.Right] == 0
                    || pair.Left + lengths[pair.Left] != pair.Right
                    || lengths[pair.Left] + lengths[pair.Right] != pair.Length;
                if (isStale)
                {
                    continue;
                }

                lengths[pair.Left] = pair.Length;
                lengths[pair.Right] = 0;
                int next = pair.Left + pair.Length;
                if (next < text.Length)
                {
                    previous[next] = pair.Left;
                    OfferPair(text, pair.Left, next);
                }

                OfferPair(text, previous[pair.Left], pair.Left);
            }

            for (int place = 0; place < text.Length; place += lengths[place])
            {
                AddSymbol(text.Slice(place, lengths[place]), ids);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lengths);
            ArrayPool<int>.Shared.Return(previous);
        }

        void OfferPair(ReadOnlySpan<char> whole, int left, int right)
        {
            if (left < 0)
            {
                return;
            }

            int length = lengths[left] + lengths[right];
            if (length <= _longestPiece && _pieces.TryGetValue(whole.Slice(left, length), out int id))
            {
                pairs.Enqueue((left, right, length), (-_model.Pieces[id].Score, left));
            }
        }
    }

    private void AddSymbol(ReadOnlySpan<char> symbol, List<int> ids)
    {
        if (_pieces.TryGetValue(symbol, out int id))
        {
            ids.Add(id);
        }
        else if (_model.HasByteFallback)
        {
            Span<byte> bytes = stackalloc byte[4];
            foreach (byte value in bytes[..Encoding.UTF8.GetBytes(symbol, bytes)])
            {
                ids.Add(_bytes[value]);
            }
        }
        else
        {
            ids.Add(_model.UnknownId);
        }
    }

    private static int CharacterLength(ReadOnlySpan<char> text) =>
        text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
}
