using Cupola.Data;
using Cupola.Prompts;

namespace Cupola.Training;

/// <summary>What there is to learn from: pictures and what may be said of each, always in the same order.</summary>
internal sealed class TrainingPairs
{
    private readonly IReadOnlyList<TrainingPair> _pairs;

    private TrainingPairs(IReadOnlyList<TrainingPair> pairs, IReadOnlyList<string>? labels) => (_pairs, Labels) = (pairs, labels);

    /// <summary>How many there are.</summary>
    public int Count => _pairs.Count;

    /// <summary>The classes, where the data have any.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>A pair by its place.</summary>
    public TrainingPair this[int pair] => _pairs[pair];

    /// <summary>Opens a dataset.</summary>
    /// <param name="dataset">A folder of class folders, a table or shards.</param>
    /// <param name="prompts">What is said of each class.</param>
    /// <param name="templates">Filled with each class name.</param>
    /// <param name="broken">Told in one sentence of each thing that had to be passed over.</param>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="InvalidDataException">There is nothing to learn from in it.</exception>
    public static TrainingPairs Open(string dataset, PromptSet? prompts, IReadOnlyList<PromptTemplate>? templates, Action<string>? broken)
    {
        LabelledPictures pictures = LabelledPictures.Open(dataset);
        PromptSet said = PromptSet.FromTemplates(pictures.Labels, templates ?? PromptTemplates.ImageNet7);
        said = prompts is null ? said : said.Union(prompts.Select(pictures.Labels).Prompts);
        Dictionary<string, IReadOnlyList<string>> captions = pictures.Labels.ToDictionary(
            static label => label, IReadOnlyList<string> (label) => [.. said[label].Select(static prompt => prompt.Text)], StringComparer.Ordinal);
        TrainingPair[] pairs = [.. pictures.Read(broken).Select(picture => new TrainingPair(picture.Picture, captions[picture.Label], picture.Label))];
        return pairs.Length > 0 ? new(pairs, pictures.Labels) : throw new InvalidDataException($"{dataset} holds no pairs to learn from.");
    }
}
