namespace Cupola.Tests.Fuzzing;

/// <summary>The database of embeddings, which is read, and begun anew where it is damaged.</summary>
internal static class CacheTarget
{
    private static readonly float[] Embedding = [.. Enumerable.Range(0, 64).Select(static number => number / 64f)];

    public static FuzzTarget Create()
    {
        string folder = TestFolder.New();
        using (EmbeddingCache cache = EmbeddingCache.Open(folder))
        {
            for (byte key = 0; key < 40; key++)
            {
                cache.Add(Key(key), Embedding);
            }
        }

        string file = Directory.EnumerateFiles(folder).OrderByDescending(static path => new FileInfo(path).Length).First();
        return new("cache", [FuzzSeed.Of(file, InputForm.Binary)], Use);
    }

    /// <summary>What it finds is what was kept: a damaged number is not found.</summary>
    private static void Use(string path, Action<string> told)
    {
        using EmbeddingCache cache = EmbeddingCache.Open(Path.GetDirectoryName(path)!);
        for (byte key = 0; key < 40; key++)
        {
            if (cache.Find(Key(key), Embedding.Length) is { } found && !found.SequenceEqual(Embedding))
            {
                throw new InvalidOperationException("Another embedding was found than was kept.");
            }
        }

        cache.Add(Key(41), Embedding);
        if (cache.Note is { } note)
        {
            told(note);
        }
    }

    private static byte[] Key(byte number) => [.. Enumerable.Repeat(number, 32)];
}
