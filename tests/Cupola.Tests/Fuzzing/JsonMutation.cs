using System.Text;
using System.Text.Json;

namespace Cupola.Tests.Fuzzing;

/// <summary>
/// Changes to JSON that leave it JSON: values of other kinds and sizes, keys twice, missing or renamed, and what is far too deep.
/// </summary>
internal static class JsonMutation
{
    private static readonly string[] Values =
    [
        "0",
        "1",
        "-1",
        "2",
        "3",
        "0.5",
        "-0",
        "1e5",
        "1e30",
        "1e308",
        "1e400",
        "1e-400",
        "255",
        "256",
        "65536",
        "2147483647",
        "2147483648",
        "-2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
        "true",
        "false",
        "null",
        "\"\"",
        "\" \"",
        "\"x\"",
        "\"\\u0000\\u001b[31m\\u009b\"",
        "\"\\ud800\"",
        "\"two\\nlines\\r\"",
        "\"../../etc/passwd\"",
        "\"F64\"",
        "\"BF16\"",
        "\"I4\"",
        "\"gelu\"",
        "\"bicubic\"",
        "\"timm\"",
        "[]",
        "{}",
        "[0]",
        "[[]]",
        "[1,2,3]",
        "[0,9223372036854775807]",
        "[9223372036854775807,2]",
        "{\"\":0}",
        "{\"a\":{\"b\":[{}]}}",
    ];

    private static readonly string[] Names =
    [
        "\"\"",
        "\"x\"",
        "\"__metadata__\"",
        "\"format\"",
        "\"model\"",
        "\"\\u001b[31m\\n\"",
        "\"label\"",
        "\"text\"",
    ];

    public static byte[] Change(byte[] bytes, Random random)
    {
        if (Spans(bytes) is not { Count: > 0 } spans)
        {
            return TextMutation.Change(bytes, bytes, random);
        }

        (int start, int end, int keyStart) = spans[random.Next(spans.Count)];
        (int otherStart, int otherEnd, _) = spans[random.Next(spans.Count)];
        byte[] value = bytes[start..end],
            other = bytes[otherStart..otherEnd];
        return random.Next(10) switch
        {
            0 or 1 or 2 => Replace(bytes, start, end, Utf8(Values[random.Next(Values.Length)])),
            3 => Replace(bytes, start, end, other),
            4 => Replace(bytes, start, end, [.. Deep(random, '['), .. value, .. Deep(random, ']')]),
            5 => Replace(bytes, start, end, [.. "{\"x\":"u8, .. value, .. "}"u8]),
            6 => Replace(bytes, start, end, Many(value, random)),
            // The same key again, with another value.
            7 => Replace(bytes, end, end, [.. ","u8, .. keyStart < 0 ? [] : bytes[keyStart..start], .. other]),
            8 when keyStart >= 0 => Replace(bytes, keyStart, start, [.. Utf8(Names[random.Next(Names.Length)]), (byte)':']),
            _ => Replace(bytes, start, end, Changed(value, random)),
        };
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Replace(byte[] bytes, int start, int end, byte[] by) => [.. bytes[..start], .. by, .. bytes[end..]];

    private static byte[] Deep(Random random, char bracket) =>
        Utf8(new string(bracket, random.Next(3) == 0 ? 5000 : random.Next(1, 70)));

    private static byte[] Many(byte[] value, Random random)
    {
        int count = 1 << random.Next(value.Length > 1000 ? 4 : 14);
        return [.. "["u8, .. ByteMutation.Repeated([.. value, (byte)','], count), .. value, .. "]"u8];
    }

    private static byte[] Changed(byte[] value, Random random) =>
        value[0] is (byte)'"' && value.Length > 1
            ? [.. "\""u8, .. Encoding.UTF8.GetBytes(JsonEncodedText.Encode(Text(value, random)).ToString()), .. "\""u8]
            : [.. value, .. Encoding.UTF8.GetBytes(((string[])["0", "00", ".5", "e3", "e-3", "e9"])[random.Next(6)])];

    private static string Text(byte[] value, Random random) =>
        Encoding.UTF8.GetString(TextMutation.Change(value[1..^1], value, random)).Replace("\ud800", "", StringComparison.Ordinal);

    /// <summary>Where each value stands, and the key before it, or −1; nothing where it is no JSON.</summary>
    private static List<(int Start, int End, int Key)>? Spans(byte[] bytes)
    {
        List<(int Start, int End, int Key)> spans = [];
        Stack<(int Start, int Key)> open = [];
        int key = -1;
        Utf8JsonReader reader = new(bytes, new() { MaxDepth = 1000, AllowTrailingCommas = true });
        try
        {
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex,
                    end = (int)reader.BytesConsumed;
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    key = start;
                    continue;
                }

                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    open.Push((start, key));
                }
                else
                {
                    bool closes = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
                    (int from, int of) = closes ? open.Pop() : (start, key);
                    spans.Add((from, end, of));
                }

                key = -1;
            }

            return spans;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
