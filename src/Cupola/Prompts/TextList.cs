using System.Text.Json;

namespace Cupola.Prompts;

/// <summary>A list of texts in a file: a JSON list, or one a line.</summary>
internal static class TextList
{
    /// <summary>A million short lines.</summary>
    public const long MaximumBytes = 256 << 20;

    /// <param name="path">Where it lies.</param>
    /// <param name="what">What the texts are, for errors: "labels".</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It holds none, or cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path, string what)
    {
        byte[] bytes = ReadBytes(path, what);
        string[] texts;
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("["u8))
        {
            try
            {
                texts = JsonSerializer.Deserialize<string[]>(bytes) ?? [];
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{path} cannot be read: it is not a JSON list of {what}.", exception);
            }
        }
        else
        {
            texts = File.ReadAllLines(path);
        }

        texts = [.. texts.Select(static text => (text ?? "").Trim()).Where(static text => text.Length > 0)];
        return texts.Length > 0 ? texts : throw new InvalidDataException($"{path} holds no {what}.");
    }

    /// <summary>A file's bytes without a byte order mark.</summary>
    public static byte[] ReadBytes(string path, string what)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path} of {what}.", path);
        }

        if (new FileInfo(path).Length > MaximumBytes)
        {
            throw new InvalidDataException($"{path} is too large for a file of {what}.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        return bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }
}
