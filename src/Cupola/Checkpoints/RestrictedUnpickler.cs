using System.Buffers.Binary;
using System.Globalization;

namespace Cupola.Checkpoints;

/// <summary>
/// A pickle machine for all protocols, 0 to 5, that constructs tensors, numbers, texts and containers (Python's pickletools.py
/// describes the operations). Classes and functions remain names, and every other object is a placeholder, so no code in a pickle
/// can run. Each operation reads bytes of the file and creates at most one small object, and the number of operations is limited,
/// so memory is bounded.
/// </summary>
internal sealed partial class RestrictedUnpickler(ReadOnlyMemory<byte> pickle, bool isTorchScript)
{
    /// <summary>A checkpoint with its optimizer needs some hundred thousand; a list of losses, one per value.</summary>
    private const int MaximumOperations = 10_000_000;

    private static readonly object Mark = new();

    /// <summary>The placeholder for bytes, which tensors do not need.</summary>
    private static readonly PickleObject Bytes = new("bytes");

    private readonly PickleBytes _bytes = new(pickle);
    private readonly PickleObjects _objects = new(isTorchScript);
    private readonly List<object?> _stack = [];
    private readonly PickleMemo _memo = new();

    /// <summary>The number of bytes read so far; another pickle may follow the first.</summary>
    public int Position => _bytes.Position;

    /// <summary>The names that the pickle used.</summary>
    public PickleObjects Objects => _objects;

    /// <summary>Reads the pickled object.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message is the end of a sentence.</exception>
    public object? Read()
    {
        try
        {
            return ReadAll();
        }
        catch (InvalidDataException problem) when (_objects.Uncommon.Count > 0)
        {
            throw new InvalidDataException($"{problem.Message} (it names {FoundModel.List(_objects.Uncommon, 3)})", problem);
        }
    }

    private object? ReadAll()
    {
        for (int operations = 0; operations < MaximumOperations; operations++)
        {
            byte operation = _bytes.Byte();
            if (operation == '.')
            {
                return Pop();
            }

            if (!Constant(operation) && !Text(operation) && !Container(operation) && !Remember(operation) && !Build(operation))
            {
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"its pickle has the operation 0x{operation:x2} at byte {Position - 1}, which no protocol of Python's "
                    ) + "knows, and nothing was run"
                );
            }
        }

        throw new InvalidDataException(
            $"its pickle has more than {MaximumOperations} operations, which no list of tensors needs"
        );
    }

    private bool Constant(byte operation)
    {
        switch (operation)
        {
            case 0x80:
                _bytes.Take(1);
                break; // PROTO
            case 0x95:
                _bytes.Take(8);
                break; // FRAME
            case (byte)'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(_bytes.Take(4)));
                break;
            case (byte)'K':
                Push((long)_bytes.Byte());
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Take(2)));
                break;
            case 0x8a:
                Push(_bytes.Number(_bytes.Byte()));
                break; // LONG1
            case 0x8b:
                Push(_bytes.Number(_bytes.Count4()));
                break; // LONG4
            case (byte)'I':
                Push(
                    _bytes.Line() switch
                    {
                        "00" => false,
                        "01" => true,
                        string digits => PickleBytes.Number(digits),
                    }
                );
                break;
            case (byte)'L':
                Push(PickleBytes.Number(_bytes.Line().TrimEnd('L')));
                break;
            case (byte)'F':
                Push(PickleBytes.Real(_bytes.Line()));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(_bytes.Take(8)));
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Text(byte operation)
    {
        switch (operation)
        {
            case (byte)'X':
                Push(_bytes.Text(_bytes.Count4()));
                break;
            case 0x8c:
                Push(_bytes.Text(_bytes.Byte()));
                break; // SHORT_BINUNICODE
            case 0x8d:
                Push(_bytes.Text(_bytes.Count8()));
                break; // BINUNICODE8
            case (byte)'V':
                Push(PickleEscapes.Unescape(_bytes.Line()));
                break;
            case (byte)'S':
                Push(PickleEscapes.Quoted(_bytes.Line()));
                break;
            case (byte)'U':
                Push(_bytes.Text(_bytes.Byte()));
                break; // SHORT_BINSTRING
            case (byte)'T':
                Push(_bytes.Text(_bytes.Count4()));
                break;
            case (byte)'C':
                PushBytes(_bytes.Byte());
                break; // SHORT_BINBYTES
            case (byte)'B':
                PushBytes(_bytes.Count4());
                break;
            case 0x8e or 0x96:
                PushBytes(_bytes.Count8());
                break; // BINBYTES8, BYTEARRAY8
            case 0x97:
                Push(Bytes);
                break; // NEXT_BUFFER
            case 0x98:
                Peek();
                break; // READONLY_BUFFER
            default:
                return false;
        }

        return true;
    }

    private bool Remember(byte operation)
    {
        switch (operation)
        {
            case (byte)'q':
                _memo.Put(_bytes.Byte(), Peek());
                break;
            case (byte)'r':
                _memo.Put(_bytes.Count4(), Peek());
                break;
            case (byte)'p':
                _memo.Put(PickleBytes.Index(_bytes.Line()), Peek());
                break;
            case 0x94:
                _memo.Put(_memo.Count, Peek());
                break; // MEMOIZE
            case (byte)'h':
                Push(_memo.Get(_bytes.Byte()));
                break;
            case (byte)'j':
                Push(_memo.Get(_bytes.Count4()));
                break;
            case (byte)'g':
                Push(_memo.Get(PickleBytes.Index(_bytes.Line())));
                break;
            default:
                return false;
        }

        return true;
    }

    private void PushBytes(ulong count)
    {
        _bytes.Take(count);
        Push(Bytes);
    }

    private void Push(object? value) => _stack.Add(value);

    /// <summary>The top of the stack, which must be a value and not a mark.</summary>
    private object? Peek() => _stack.Count > 0 && !ReferenceEquals(_stack[^1], Mark) ? _stack[^1] : throw PickleBytes.Damaged();

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        if (_stack.Count < count || _stack.LastIndexOf(Mark, _stack.Count - 1, count) >= 0)
        {
            throw PickleBytes.Damaged();
        }

        object?[] values = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        object?[] values = mark < 0 ? throw PickleBytes.Damaged() : PopMany(_stack.Count - mark - 1);
        _stack.RemoveAt(_stack.Count - 1);
        return values;
    }
}
