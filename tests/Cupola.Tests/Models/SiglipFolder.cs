namespace Cupola.Tests.Models;

/// <summary>The small SigLIP of the golden numbers as a folder, with a tokenizer beside its weights.</summary>
internal static class SiglipFolder
{
    /// <summary>A new folder that a test may change.</summary>
    /// <param name="layout">transformers, or open_clip.</param>
    /// <param name="tokenizer">unigram, or gemma-like.</param>
    public static string Create(string layout = "transformers", string tokenizer = "unigram")
    {
        string folder = TestFolder.New();
        foreach (
            string file in Directory
                .EnumerateFiles(SharedFolder.Need("parity", "siglip", "tiny", layout))
                .Concat(Directory.EnumerateFiles(SharedFolder.Need("parity", "siglip", "tokenizer", tokenizer)))
        )
        {
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        return folder;
    }
}
