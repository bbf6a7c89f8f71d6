using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Embedding;

/// <summary>
/// A file of embeddings with their names and what made them: safetensors, which holds all of it, or a NumPy array with the names
/// (.txt, one a line) and the origin (.json) beside it. Beside both may lie the hashes of the images' files (.hashes).
/// </summary>
internal static class EmbeddingFile
{
    /// <summary>What a safetensors file may hold before its numbers, less what is not names.</summary>
    private const int MostSafetensorsNames = 99_000_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether a file's extension says in which form it is written.</summary>
    public static bool IsKnown(string path) => Path.GetExtension(path) is ".npy" or ".safetensors";

    /// <summary>The file of names beside an array.</summary>
    public static string NamesOf(string array) => Path.ChangeExtension(array, ".txt");

    /// <summary>The file beside an array that says what made it.</summary>
    public static string OriginOf(string array) => Path.ChangeExtension(array, ".json");

    /// <summary>
    /// The file beside embeddings that says which contents they were made of: a line with their own hash, by which it is told
    /// from one that was left behind by others, and a line for each.
    /// </summary>
    public static string HashesOf(string file) => Path.ChangeExtension(file, ".hashes");

    /// <summary>A line of that file.</summary>
    /// <param name="hash">SHA-256 of a file, in hexadecimal digits; "" where it is not known.</param>
    /// <param name="name">The file's name.</param>
    public static string HashLine(string hash, string name) => $"{hash}  {OneLine(name)}";

    /// <summary>SHA-256 of a file, in hexadecimal digits.</summary>
    public static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Writes embeddings; each file is whole or not there.</summary>
    /// <param name="path">A .npy or .safetensors file.</param>
    /// <param name="origin">What made them.</param>
    /// <param name="names">A name for each; may be enumerated twice.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dimension">How many numbers each has.</param>
    /// <param name="write">Writes all numbers as float32, row by row.</param>
    /// <param name="hashes">SHA-256 of each image's file, where that is known.</param>
    /// <exception cref="InvalidDataException">There are more names than a safetensors file holds.</exception>
    public static void Write(
        string path,
        EmbeddingOrigin origin,
        IEnumerable<string> names,
        long count,
        int dimension,
        Action<Stream> write,
        IReadOnlyList<string?>? hashes = null
    )
    {
        if (File.Exists(HashesOf(path)))
        {
            // Those of the file that was there before are not this one's.
            File.Delete(HashesOf(path));
        }

        WriteAll(path, origin, names, count, dimension, write);
        if (hashes is not null)
        {
            WriteLines(
                HashesOf(path),
                names
                    .Zip(hashes, static (name, hash) => HashLine(hash ?? "", name))
                    .Prepend(HashLine(HashOf(path), Path.GetFileName(path)))
            );
        }
    }

    private static void WriteAll(
        string path,
        EmbeddingOrigin origin,
        IEnumerable<string> names,
        long count,
        int dimension,
        Action<Stream> write
    )
    {
        if (Path.GetExtension(path) == ".npy")
        {
            NumpyFile.Write(path, count, dimension, write);
            WriteLines(NamesOf(path), names.Select(OneLine));
            AtomicFile.Write(OriginOf(path), stream => JsonSerializer.Serialize(stream, origin.Fields));
            return;
        }

        string list = JsonSerializer.Serialize(names);
        // The list stands as a text within JSON, where each quotation mark takes two bytes more.
        if (list.Length + (2L * list.Count(static letter => letter is '"' or '\\')) > MostSafetensorsNames)
        {
            throw new InvalidDataException(
                Invariant($"The names of {count} embeddings are more than a safetensors file holds; write a .npy file instead.")
            );
        }

        SafetensorsFile.Write(
            path,
            [("embeddings", [count, dimension], write)],
            new Dictionary<string, string> { ["names"] = list, ["origin"] = JsonSerializer.Serialize(origin.Fields) }
        );
    }

    private static void WriteLines(string path, IEnumerable<string> all) => AtomicFile.Write(path, stream =>
        {
            using StreamWriter lines = new(stream, Utf8, leaveOpen: true) { NewLine = Environment.NewLine };
            foreach (string line in all)
            {
                lines.WriteLine(line);
            }
        });

    /// <summary>A name as a line of the file of names.</summary>
    public static string OneLine(string name) => name.ReplaceLineEndings(" ");
}
