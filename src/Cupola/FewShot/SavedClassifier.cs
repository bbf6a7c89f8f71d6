using Cupola.ZeroShot;

namespace Cupola.FewShot;

/// <summary>A classifier that was saved, made with examples or without.</summary>
internal static class SavedClassifier
{
    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="embedder">The model whose images it will classify.</param>
    /// <param name="prompts">The prompts from which it must have been made; null for no check.</param>
    /// <exception cref="InvalidDataException">It is not a classifier, or belongs to another model or other prompts.</exception>
    public static ILabelClassifier Load(string path, ClipEmbedder embedder, PromptSet? prompts = null) =>
        FewShotFile.IsOne(path) ? FewShotFile.Read(path, embedder, prompts) : ZeroShotClassifier.Load(path, embedder, prompts);
}
