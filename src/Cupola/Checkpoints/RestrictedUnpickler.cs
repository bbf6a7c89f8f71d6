using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Cupola.Checkpoints;

/// <summary>
/// A pickle machine that can make tensors, numbers, texts and containers and nothing else (Python's pickletools.py
/// describes the operations). Classes and functions are names compared with a short list, so no code in a pickle can ever run.
/// Each operation takes bytes of the file and makes at most one object, so memory is bounded by the file.
/// </summary>
internal sealed class RestrictedUnpickler(ReadOnlyMemory<byte> pickle, bool isTorchScript)
{
    /// <summary>PyTorch's longest number, the legacy format's magic one, takes ten bytes.</summary>
    private const int LongestNumber = 16;

    private static readonly object Mark = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;

    /// <summary>Bytes read so far; behind a pickle another one may follow.</summary>
    public int Position => _position;

    /// <summary>The object that the pickle holds.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or holds something else; the message is the end of a sentence.</exception>
    public object? Read()
    {
        while (true)
        {
            byte operation = Take(1)[0];
            if (operation == '.')
            {
                return Pop();
            }

            if (!Constant(operation) && !Container(operation) && !Remember(operation) && !Build(operation))
            {
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"its pickle has the operation 0x{operation:x2} at byte {_position - 1}, which Cupola does not know; " +
                        $"it makes tensors, numbers, texts and containers only, and nothing was run"));
            }
        }
    }

    private bool Constant(byte operation)
    {
        switch (operation)
        {
            case 0x80: Take(1); break;                                                        // PROTO
            case 0x95: Take(8); break;                                                        // FRAME
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': Push((long)Take(1)[0]); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8a: PushNumber(Take(1)[0]); break;                                         // LONG1
            case (byte)'I': Push(Line() switch { "00" => false, "01" => true, string digits => Whole(digits) }); break;
            case (byte)'L': Push(Whole(Line().TrimEnd('L'))); break;
            case (byte)'F': Push(double.TryParse(Line(), CultureInfo.InvariantCulture, out double number) ? number : throw Damaged()); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 0x8c: Push(Text(Take(1)[0])); break;                                         // SHORT_BINUNICODE
            case 0x8d: Push(Text(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))); break;   // BINUNICODE8
            case (byte)'V': Push(Line()); break;
            case (byte)'U': Push(Text(Take(1)[0])); break;                                    // SHORT_BINSTRING
            case (byte)'T': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'C': Push(Take(Take(1)[0]).ToArray()); break;                          // SHORT_BINBYTES
            case (byte)'B': Push(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))).ToArray()); break;
            default: return false;
        }

        return true;
    }

    private bool Container(byte operation)
    {
        switch (operation)
        {
            case (byte)'(': Push(Mark); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': Push(Peek()); break;
            case (byte)')': Push(Array.Empty<object?>()); break;
            case (byte)'t': Push(PopToMark()); break;
            case 0x85 or 0x86 or 0x87: Push(PopMany(operation - 0x84)); break;                // TUPLE1 to TUPLE3
            case (byte)']': Push(new List<object?>()); break;
            case (byte)'l': Push(new List<object?>(PopToMark())); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'}': Push(new Dictionary<object, object?>()); break;
            case (byte)'d':
                object?[] entries = PopToMark();
                Push(new Dictionary<object, object?>());
                Set(entries);
                break;
            case (byte)'s': Set(PopMany(2)); break;
            case (byte)'u': Set(PopToMark()); break;
            default: return false;
        }

        return true;
    }

    private bool Remember(byte operation)
    {
        switch (operation)
        {
            case (byte)'q': _memo[Take(1)[0]] = Peek(); break;
            case (byte)'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case (byte)'p': _memo[Whole(Line())] = Peek(); break;
            case 0x94: _memo[_memo.Count] = Peek(); break;                                    // MEMOIZE
            case (byte)'h': Push(Recall(Take(1)[0])); break;
            case (byte)'j': Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'g': Push(Recall(Whole(Line()))); break;
            default: return false;
        }

        return true;
    }

    private bool Build(byte operation)
    {
        switch (operation)
        {
            case (byte)'c':
                string module = Line();
                Push(Known(new(module, Line())));
                break;
            case 0x93:                                                                        // STACK_GLOBAL
                Push(PopMany(2) is [string above, string name] ? Known(new(above, name)) : throw Damaged());
                break;
            case (byte)'Q': Push(PickleGlobals.Storage(Pop())); break;                        // BINPERSID
            case (byte)'R' or 0x81:                                                           // REDUCE, NEWOBJ
                Push(PopMany(2) is [PickleGlobal callable, object?[] arguments] ? PickleGlobals.Make(callable, arguments) : throw Damaged());
                break;
            case (byte)'b':
                object? state = Pop();
                // A state dictionary's own attributes (its version) are of no use here.
                if (Peek() is PickleModule bag && state is Dictionary<object, object?> attributes)
                {
                    bag.Attributes = attributes.Where(static entry => entry.Key is string).ToDictionary(static entry => (string)entry.Key, static entry => entry.Value, StringComparer.Ordinal);
                }

                break;
            default: return false;
        }

        return true;
    }

    private PickleGlobal Known(PickleGlobal global) => PickleGlobals.IsKnown(global, isTorchScript)
        ? global
        : throw new InvalidDataException($"its pickle names {global}; Cupola makes tensors, numbers, texts and containers only, and nothing was run");

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(pickle.Length - _position))
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> bytes = pickle.Span.Slice(_position, (int)count);
        _position += (int)count;
        return bytes;
    }

    private string Text(ulong bytes) => Encoding.UTF8.GetString(Take(bytes));

    private string Line()
    {
        int length = pickle.Span[_position..].IndexOf((byte)'\n');
        string line = length < 0 ? throw Damaged() : Text((ulong)length);
        Take(1);
        return line.TrimEnd('\r');
    }

    private static long Whole(string digits) => long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Damaged();

    /// <summary>Little-endian two's complement; what no long can hold is a big number.</summary>
    private void PushNumber(int bytes)
    {
        BigInteger number = bytes <= LongestNumber ? new(Take((ulong)bytes)) : throw Damaged();
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            Push((long)number);
        }
        else
        {
            Push(number);
        }
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 ? _stack[^1] : throw Damaged();

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        if (_stack.Count < count)
        {
            throw Damaged();
        }

        object?[] values = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        object?[] values = mark < 0 ? throw Damaged() : PopMany(_stack.Count - mark - 1);
        Pop();
        return values;
    }

    private void Append(object?[] values)
    {
        if (Peek() is not List<object?> list)
        {
            throw Damaged();
        }

        list.AddRange(values);
    }

    private void Set(object?[] entries)
    {
        if (Peek() is not Dictionary<object, object?> dictionary || entries.Length % 2 != 0)
        {
            throw Damaged();
        }

        for (int index = 0; index < entries.Length; index += 2)
        {
            // Containers cannot be keys in Python, and comparing nested ones could take for ever.
            dictionary[entries[index] is string or long or bool or double ? entries[index]! : throw Damaged()] = entries[index + 1];
        }
    }

    private object? Recall(long key) => _memo.TryGetValue(key, out object? value) ? value : throw Damaged();

    private static InvalidDataException Damaged() => new("its pickle is damaged");
}
