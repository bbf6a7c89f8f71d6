namespace Cupola.Checkpoints;

/// <summary>The operations that construct containers and objects, and those that fill them.</summary>
internal sealed partial class RestrictedUnpickler
{
    private static readonly PickleObject Set = new("set");

    /// <summary>The placeholder for an extension code, which programs register with Python's copyreg.</summary>
    private static readonly PickleObject Extension = new("extension");

    private bool Container(byte operation)
    {
        switch (operation)
        {
            case (byte)'(':
                Push(Mark);
                break;
            case (byte)'0':
                PopOrMark();
                break;
            case (byte)'1':
                PopToMark();
                break;
            case (byte)'2':
                Push(Peek());
                break;
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case (byte)'t':
                Push(PopToMark());
                break;
            case 0x85 or 0x86 or 0x87:
                Push(PopMany(operation - 0x84));
                break; // TUPLE1 to TUPLE3
            case (byte)']':
                Push(new List<object?>());
                break;
            case (byte)'l':
                Push(new List<object?>(PopToMark()));
                break;
            case (byte)'a':
                Append([Pop()]);
                break;
            case (byte)'e':
                Append(PopToMark());
                break;
            case (byte)'}':
                Push(new PickleDictionary());
                break;
            case (byte)'d':
                object?[] entries = PopToMark();
                Push(new PickleDictionary());
                SetItems(entries);
                break;
            case (byte)'s':
                SetItems(PopMany(2));
                break;
            case (byte)'u':
                SetItems(PopToMark());
                break;
            case 0x8f:
                Push(Set);
                break; // EMPTY_SET
            case 0x90: // ADDITEMS
                PopToMark();
                RequireObject();
                break;
            case 0x91: // FROZENSET
                PopToMark();
                Push(Set);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Build(byte operation)
    {
        switch (operation)
        {
            case (byte)'c':
                Push(Global());
                break;
            case 0x93: // STACK_GLOBAL
                Push(PopMany(2) is [string module, string name] ? _objects.Name(module, name) : throw PickleBytes.Damaged());
                break;
            case 0x82:
                PushExtension(1);
                break; // EXT1, EXT2, EXT4
            case 0x83:
                PushExtension(2);
                break;
            case 0x84:
                PushExtension(4);
                break;
            case (byte)'P':
                Push(_objects.Persistent(PicklePersistentId.Parse(_bytes.Line())));
                break;
            case (byte)'Q':
                Push(_objects.Persistent(Pop()));
                break; // BINPERSID
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                object?[] call = PopMany(2);
                Push(_objects.Make(call[0], call[1]));
                break;
            case 0x92: // NEWOBJ_EX
                object?[] named = PopMany(3);
                Push(_objects.Make(named[0], named[1]));
                break;
            case (byte)'i':
                PickleGlobal instance = Global();
                Push(_objects.Make(instance, PopToMark()));
                break;
            case (byte)'o':
                object?[] parts = PopToMark();
                Push(parts.Length > 0 ? _objects.Make(parts[0], parts[1..]) : throw PickleBytes.Damaged());
                break;
            case (byte)'b':
                object? state = Pop();
                // A state dictionary's own attributes (its version) are not needed.
                if (Peek() is PickleModule bag && state is PickleDictionary attributes)
                {
                    bag.Attributes = attributes;
                }

                break;
            default:
                return false;
        }

        return true;
    }

    private PickleGlobal Global()
    {
        string module = _bytes.Line();
        return _objects.Name(module, _bytes.Line());
    }

    private void PushExtension(ulong bytes)
    {
        _bytes.Take(bytes);
        Push(Extension);
    }

    /// <summary>Pops a value or a mark; Python's machine too pops marks by this operation.</summary>
    private void PopOrMark() => _stack.RemoveAt(_stack.Count > 0 ? _stack.Count - 1 : throw PickleBytes.Damaged());

    private void Append(object?[] values)
    {
        if (Peek() is List<object?> list)
        {
            list.AddRange(values);
        }
        else
        {
            RequireObject();
        }
    }

    private void SetItems(object?[] entries)
    {
        // Containers cannot be keys in Python.
        bool isPaired =
            entries.Length % 2 == 0
            && !entries.Where(static (_, index) => index % 2 == 0).Any(static key => key is List<object?> or PickleDictionary);
        if (!isPaired)
        {
            throw PickleBytes.Damaged();
        }

        if (Peek() is not PickleDictionary dictionary)
        {
            RequireObject();
            return;
        }

        for (int index = 0; index < entries.Length; index += 2)
        {
            dictionary.Add(entries[index], entries[index + 1]);
        }
    }

    /// <summary>Checks that the target of an attribute is an object; what is stored in a placeholder is dropped.</summary>
    private void RequireObject()
    {
        if (Peek() is not PickleObject)
        {
            throw PickleBytes.Damaged();
        }
    }
}
