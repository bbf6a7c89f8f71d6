using Cupola.Prompts;
using Cupola.ZeroShot;

namespace Cupola.Server.Classify;

/// <summary>What an operator lets requests classify by, under names; a request names no files.</summary>
/// <param name="Labels">Lists of labels.</param>
/// <param name="Prompts">Prompts and templates.</param>
/// <param name="Saved">Classifiers that were saved.</param>
internal sealed record NamedClassifiers(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Labels,
    IReadOnlyDictionary<string, PromptSource> Prompts,
    IReadOnlyDictionary<string, ILabelClassifier> Saved
)
{
    /// <summary>Nothing.</summary>
    public static NamedClassifiers None { get; } =
        new(
            new Dictionary<string, IReadOnlyList<string>>(),
            new Dictionary<string, PromptSource>(),
            new Dictionary<string, ILabelClassifier>()
        );
}
