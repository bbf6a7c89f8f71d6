using Cupola.Files;

namespace Cupola;

/// <summary>Reads sets of templates: two built-in ones, by name, and others from files.</summary>
public static class PromptTemplates
{
    /// <summary>
    /// The one template of the CLIP paper's first experiments (arXiv 2103.00020, section 3.1.4); its name is <c>simple</c>.
    /// </summary>
    public static IReadOnlyList<PromptTemplate> Simple { get; } = [new("a photo of a {}.")];

    /// <summary>
    /// The seven templates that OpenAI's notebook <c>Prompt_Engineering_for_ImageNet.ipynb</c> selects from eighty, and reports
    /// as slightly better than all of them; their name is <c>imagenet-7</c>.
    /// </summary>
    public static IReadOnlyList<PromptTemplate> ImageNet7 { get; } =
    [
        new("itap of a {}."),
        new("a bad photo of the {}."),
        new("a origami {}."),
        new("a photo of the large {}."),
        new("a {} in a video game."),
        new("art of the {}."),
        new("a photo of the small {}."),
    ];

    /// <summary>
    /// What is said of an image that does not show a class, for telling whether it does, whatever else it shows.
    /// </summary>
    public static IReadOnlyList<PromptTemplate> Negations { get; } = [new("a photo without a {}."), new("a photo with no {}.")];

    /// <summary>Reads the templates of a built-in name or a file.</summary>
    /// <param name="nameOrPath">
    /// <c>simple</c>, <c>imagenet-7</c>, or a file with a JSON list of templates or one template per line; <c>FILE#NAME</c> is
    /// one list of a JSON object of lists, and a single list needs no name.
    /// </param>
    /// <exception cref="FileNotFoundException">It is neither a built-in name nor a file.</exception>
    /// <exception cref="InvalidDataException">The file has no templates, or something that is not a template.</exception>
    public static IReadOnlyList<PromptTemplate> Read(string nameOrPath) =>
        nameOrPath switch
        {
            "simple" => Simple,
            "imagenet-7" => ImageNet7,
            _ when !NamedEntry.Read(nameOrPath).Exists => throw new FileNotFoundException(
                $"{TextFile.Quote(nameOrPath)} is neither a built-in set of templates (simple, imagenet-7) nor a file."
            ),
            _ => ReadFile(nameOrPath),
        };

    private static PromptTemplate[] ReadFile(string path)
    {
        IReadOnlyList<string> texts = TextFile.ReadList(path, "templates", entersOnlyList: true);
        try
        {
            return [.. texts.Select(text => new PromptTemplate(text))];
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"'{path}': {problem.Message}", problem);
        }
    }
}
