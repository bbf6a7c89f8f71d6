namespace Cupola.Tests.Fuzzing;

/// <summary>Makes a bad input of a good one. The same numbers of the same random sequence give the same input.</summary>
internal static class Mutation
{
    private const int MostChanges = 4;

    /// <summary>One input, of a few changes.</summary>
    public static byte[] Of(FuzzSeed seed, FuzzSeed other, Random random)
    {
        byte[] bytes = seed.Bytes;
        for (int change = random.Next(MostChanges); change >= 0; change--)
        {
            bytes = Change(seed.Form, bytes, other.Bytes, random);
        }

        return bytes;
    }

    private static byte[] Change(InputForm form, byte[] bytes, byte[] other, Random random)
    {
        // One change in eight knows nothing of the form.
        if (random.Next(8) == 0)
        {
            return ByteMutation.Change(bytes, other, random);
        }

        return form switch
        {
            InputForm.Text => TextMutation.Change(bytes, other, random),
            InputForm.Json => JsonMutation.Change(bytes, random),
            InputForm.JsonLines => ChangeLine(bytes, other, random),
            InputForm.Events => random.Next(2) == 0
                ? ChangeLine(bytes, other, random)
                : TextMutation.Change(bytes, other, random),
            InputForm.Safetensors => SafetensorsMutation.Change(bytes, random),
            InputForm.Zip => ZipMutation.Change(bytes, random),
            InputForm.Gzip => GzipMutation.Change(bytes, other, random),
            InputForm.Tar => TarMutation.Change(bytes, random),
            InputForm.Png => PngMutation.Change(bytes, random),
            _ => ByteMutation.Change(bytes, other, random),
        };
    }

    private static byte[] ChangeLine(byte[] bytes, byte[] other, Random random)
    {
        if (random.Next(3) == 0)
        {
            return TextMutation.Change(bytes, other, random);
        }

        int start = bytes.AsSpan(0, random.Next(bytes.Length + 1)).LastIndexOf((byte)'\n') + 1;
        int length = bytes.AsSpan(start).IndexOf((byte)'\n') is >= 0 and int end ? end : bytes.Length - start;
        // An event's JSON stands behind its field.
        int json = bytes.AsSpan(start, length).IndexOf((byte)'{') is > 0 and int behind ? behind : 0;
        (start, length) = (start + json, length - json);
        return [.. bytes[..start], .. JsonMutation.Change(bytes[start..(start + length)], random), .. bytes[(start + length)..]];
    }
}
