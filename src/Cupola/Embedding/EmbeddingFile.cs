using System.Text;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Files;
using static System.FormattableString;

namespace Cupola.Embedding;

/// <summary>
/// A file of embeddings with their names and what made them: safetensors, which holds all of it, or a NumPy array with the names
/// (.txt, one a line) and the origin (.json) beside it.
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

    /// <summary>Writes embeddings; each file is whole or not there.</summary>
    /// <param name="path">A .npy or .safetensors file.</param>
    /// <param name="origin">What made them.</param>
    /// <param name="names">A name for each; may be enumerated twice.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dimension">How many numbers each has.</param>
    /// <param name="write">Writes all numbers as float32, row by row.</param>
    /// <exception cref="InvalidDataException">There are more names than a safetensors file holds.</exception>
    public static void Write(
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
            AtomicFile.Write(NamesOf(path), stream =>
            {
                using StreamWriter lines = new(stream, Utf8, leaveOpen: true) { NewLine = Environment.NewLine };
                foreach (string name in names)
                {
                    lines.WriteLine(OneLine(name));
                }
            });
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

    /// <summary>A name as a line of the file of names.</summary>
    public static string OneLine(string name) => name.ReplaceLineEndings(" ");
}
